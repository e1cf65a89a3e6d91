"""What subjects say of a mail, in the languages mail programs speak: that it did not arrive, that a program answers.

The subjects are those of programs, so that few words do; whatever a person may write stands elsewhere.
"""

import re


def _words(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE)


UNDELIVERED = _words(
    r"undeliver|not (be )?deliver|unable to deliver|return(ed|ing) (mail|e-?mail|message|to sender)|non-?deliver",
    r"deliver\w{0,4} (status|fail|notif|problem|error|report|delayed|unsuccess|incomplete|has failed)",
    r"(mail|message|delivery|e-?mail) (system )?(error|fail\w{0,4}|delayed|problem|status|rejected|refused|returned)",
    r"(mail|message) could not|failure (notice|notification|delivery)|could ?n[o']t (be )?(send|sent|deliver)",
    r"loop alert|bounced",
    r"unzustellbar|nicht (zugestellt|zustellbar|ausgeliefert)|zustell\w{0,8}[- ]?(fehl|problem|benachrichtigung)",
    r"non remis|pas pu être (remis|distribu|délivr|livr)",
    r"échec (de|d'|dans) |non distribu|impossible de (remettre|distrib)",
    r"no (se )?(ha )?(pud\w{0,3}|pued\w{0,2}|sido)? ?(ser )?entreg|(error|fallo) (de|en la) entrega|no entregad",
    r"mancata consegna|(impossibile|non) (re)?capita|non (è stato )?consegnat|errore di consegna",
    r"não (foi |pôde ser |pode ser )?(possível )?entreg|falha (na|de) entrega",
    r"onbestelbaar|niet (worden )?(bezorgd|afgeleverd)|(kan|kunde) (inte|ikke) lever|(ikke|inte) lever",
    r"nie (można |udało się |została? )?(dostarcz|doręcz)",
    r"niedostarcz|nedoruč|nelze doručit|kézbesíthetetlen|iletilemedi",
    r"(не|недо) ?(был[оа]? |может быть |удалось |удаётся )?достав",
    r"ошибка доставки|возврат (письма|почты)|не вдалося доставити",
    r"退信|退回|(无法|無法|未能|未)(投递|投遞|送达|送達|传送|傳送|递送|遞送|发送|傳遞)|投递失败|投遞失敗|发送失败|寄送失敗|传递失败",
    r"(配信|配達|送信|送達)(でき|不能|エラー|失敗|状態)|届きません|(전송|배달|발송) ?실패|반송|배달되지|전송되지",
    r"ei voi(tu|da)? (toimittaa|lähettää)|toimitus epäonnistui|nu a putut fi livrat|nelivrat",
    r"nepodarilo doruč|ni bilo mogoče dostaviti|није испоруч|неиспоруч|nepristat|no s'ha pogut lliurar",
    r"(nije|neuspj?el\w{1,3}) isporuč|neisporuč|tidak (dapat )?terkirim|không (thể )?(gửi|chuyển)|ส่งไม่ได้|ไม่สามารถส่ง"
    r"|αδυναμία παράδοσης|παράδοση[^.;]{0,60}απέτυχε|δεν παραδόθηκε",
    r"לא ניתן למסור|המסירה[^.;]{0,40}נכשלה|تعذر (ال)?تسليم",
)
#: RFC 7489 7.2.1.1, RFC 8460 5.3, and custom: reports that are about no single mail.
OF_MANY_MAILS = _words(
    r"^\W{0,5}(\[preview\] )?report[- ]domain: ?", r"\b(dmarc|tls-?rpt|smtp tls|tls)\b[^a-z]{0,3}.{0,30}\breport"
)
AUTOMATIC = re.compile(
    r"^\W{0,5}(re: ?)?("
    r"auto(mat\w{0,6})?[ -:]{0,3}(reply|response|answer|antwort|svar)|auto:|autoreply|autoresponse"
    r"|out[ -]of[ -](the[ -])?office|vacation|on (vacation|holiday|leave)\b|away (from|until)|absen[ct]e?\b"
    r"|(annual|medical|sick|parental|maternity|paternity) leave|(nicht|derzeit nicht) im (büro|haus)|(im )?urlaub\b"
    r"|en (vacances|congés?\b)|(estoy )?de vacaciones|(sono )?in ferie|(estou )?de férias|ik ben [^.;:]{0,20}vakantie"
    r"|(jeg|jag) er? på ferie|semester (till|fr[åa]n|t\.?o\.?m)|dovolen[áe]|(na )?urlop|(в |я в )?отпуск|休假|休暇"
    r"|i('| a)m (away|out|on)|abwesen|r[eé]ponse auto|hors du bureau|fuera de|ausencia\b|ausente\b"
    r"|(respuesta|risposta|resposta|răspuns|raspuns) autom|fuori (ufficio|sede)|assente\b"
    r"|automatisch|afwezig|autom?ati\w{1,4} (svar|antw)|automaatti|frånvaro|fravær|poissa"
    r"|(odpowiedź )?automatyczn|nieobecn|automatick|automatikus|házon kívül|automatski|otomatik"
    r"|авто(матич\w{1,6} )?(ответ|відпов|отгов)|вне офиса|отсутству|αυτόματη|εκτός γραφείου"
    r"|自動|自动|不在|외출|부재|자동|رد تلقائي|رد آلي|מענה אוטומטי|תשובה אוטומטית|स्वचालित|ตอบกลับอัตโนมัติ|trả lời tự động"
    r")",
    re.IGNORECASE,
)
#: A program that lets a mail through once its sender has shown to be a person.
ASKS_BACK = _words(
    r"(confirm|verify) (your|that|this) (e-?mail|mail|message)|requires? (verification|confirmation)",
    r"(verification|confirmation) (is )?(required|needed|request)",
)
LEAVES = re.compile(
    r"^\W{0,5}((please )?(unsubscribe|remove me|take me off|stop (sending|these|this)|opt[- ]?out"
    r"|cancel my subscription)"
    r"|(bitte )?(abbestellen|abmelden)|d[eé]sabonn|d[eé]sinscri|darme de baja|cancelar (la |a |mi )?(suscripci|inscri)"
    r"|disiscri|cancella(re|mi)? (l')?(iscrizione|dalla)|uitschrijven|afmelden|wypisz|avregistrera|afmeld|peru tilaus"
    r"|отписаться|отпишите|退订|退訂|取消订阅|取消訂閱|配信停止|購読解除|구독 ?취소|수신 ?거부"
    # The one word that text messages have for it, alone.
    r"|stop\W{0,5}($|\n))",
    re.IGNORECASE,
)
IS_REPLY = re.compile(r"\s{0,5}(re|aw|sv|antw|odp|回复|答复|回覆)\s?[:：]", re.IGNORECASE)
IS_FORWARDED = re.compile(r"\s{0,5}(fwd?|wg|tr|rv|doorst|vs|转发|轉寄)\s?[:：]", re.IGNORECASE)
