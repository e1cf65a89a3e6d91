"""Subjects of programs: that a mail did not arrive, that somebody is away, in the languages programs speak."""

import pytest

from dailypapers.mail.incoming import subjects

AWAY = (
    "Automatic reply: 5 papers", "Automatische Antwort: 5 papers", "Abwesend bis 9. November", "Absence du bureau",
    "Réponse automatique : 5 papers", "Respuesta automática: 5 papers", "Risposta automatica: 5 papers",
    "Resposta automática: 5 papers", "Automatisch antwoord: 5 papers", "Afwezig: 5 papers", "Autosvar: 5 papers",
    "Automatiskt svar: 5 papers", "Automatisk svar: 5 papers", "Automaattinen vastaus: 5 papers",
    "Automatyczna odpowiedź: 5 papers", "Automatická odpověď: 5 papers", "Automatikus válasz: 5 papers",
    "Răspuns automat: 5 papers", "Otomatik yanıt: 5 papers", "Автоматический ответ: 5 papers",
    "Автоматична відповідь: 5 papers", "Αυτόματη απάντηση: 5 papers", "自动回复: 5 papers", "自動回覆: 5 papers",
    "自動返信: 5 papers", "자동 회신: 5 papers", "رد تلقائي: 5 papers", "מענה אוטומטי: 5 papers",
    "स्वचालित उत्तर: 5 papers", "Odpowiedź automatyczna: 5 papers", "Parental leave Re: 5 papers", "Nicht im Büro",
    "Urlaub: 5 papers", "En vacances jusqu'au 3 mai", "Estoy de vacaciones", "Sono in ferie", "Jeg er på ferie",
    "Semester till 3 augusti", "Ik ben op vakantie", "休假自动回复", "В отпуске до 3 мая", "Na urlopie",
)  # fmt: skip
UNDELIVERED = (
    "Undelivered Mail Returned to Sender", "failure notice", "Unzustellbar: 5 papers", "Échec de la remise : 5 papers",
    "Votre message n'a pas pu être remis", "No se puede entregar: 5 papers", "Mensaje no entregado",
    "Mancata consegna", "Não foi possível entregar: 5 papers", "Onbestelbaar: 5 papers", "Niedostarczalne: 5 papers",
    "Nie można dostarczyć: 5 papers", "Недоставленное сообщение", "Не удалось доставить сообщение", "系统退信",
    "无法投递的邮件", "メールが配信できませんでした", "전송 실패 알림",
)  # fmt: skip
NEITHER = (
    "5 papers on 2 November", "Re: automatic differentiation", "A question about delivery times in queueing models",
    "Automata and absent-minded drivers", "Нова стаття", "论文推荐", "Semester papers", "Parental care of birds",
    "Stop-gradients", "Stopped clocks",
)  # fmt: skip
LEAVES = (
    "unsubscribe", "Please unsubscribe me.", "Take me off your list", "STOP", "stop!", "Bitte abmelden",
    "Désabonnez-moi", "Darme de baja", "Cancella iscrizione", "Uitschrijven", "Wypisz mnie", "Отпишите меня",
    "退订", "配信停止", "구독 취소", "Cancelar a inscrição",
)  # fmt: skip


@pytest.mark.parametrize("subject", AWAY)
def test_who_is_away_is_told_in_many_languages(subject: str) -> None:
    assert subjects.AUTOMATIC.match(subject)


@pytest.mark.parametrize("subject", UNDELIVERED)
def test_what_did_not_arrive_is_told_in_many_languages(subject: str) -> None:
    assert subjects.UNDELIVERED.search(subject)


@pytest.mark.parametrize("subject", NEITHER)
def test_subjects_of_people_and_papers_are_neither(subject: str) -> None:
    assert not subjects.AUTOMATIC.match(subject)
    assert not subjects.UNDELIVERED.search(subject)


@pytest.mark.parametrize("words", LEAVES)
def test_who_wants_no_more_mail_is_understood_in_many_languages(words: str) -> None:
    assert subjects.LEAVES.match(words)
    assert not subjects.LEAVES.match(f"I would not say “{words}”")


@pytest.mark.parametrize("subject", NEITHER)
def test_subjects_of_people_and_papers_end_no_subscription(subject: str) -> None:
    assert not subjects.LEAVES.match(subject)


def test_reports_of_many_mails_are_told_from_those_of_one() -> None:
    of_many = ("Report Domain: ours.example Submitter: y.example", "DMARC Aggregate Report for ours.example")
    assert all(map(subjects.OF_MANY_MAILS.search, of_many))
    assert not subjects.OF_MANY_MAILS.search("Delivery report")
