"""What servers say in a reply whose code and status leave it open, by what it means; in English unless it says so.

Read by `mail.smtp.replies` in the dialogue; reports, which quote more, have those of `mail.incoming.phrases`.
"""

import re


def _words(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE)


#: An IP address, as a server names whom it talks to.
_IP = r"\[?(ipv6:)?(\d{1,3}(\.\d{1,3}){3}|[0-9a-f]{1,4}:[0-9a-f:.]{2,40})"

#: Words of a refusal that is about the sender, in replies without a telling status.
ABOUT_US = _words(
    r"spam|black ?list|block ?list|blocked|policy|policies|reputation|\bspf\b|dkim|dmarc|\brdns|reverse dns|\bptr\b",
    r"authenticat|\brelay|rcpthosts|not permitted|denied|prohibited|unsolicited|barracuda|banned",
    r"\bhelo\b|poor|dnsbl|\brbl|virus|malware|sender|client (host|ip)|too many (recipients|connections)",
    r"frequency|rate limit",
    r"(from|of) your (network|ip|host|server|domain)|your (ip|network) ",
    rf"(e-?mails?|messages?|connections?) from {_IP}|({_IP}|\bip\b)[^;]{{0,30}}\blisted\b|\blisted (at|on) https?:",
    # In German, French, Spanish, Italian, Russian and Chinese.
    r"gesperrt|blockiert|bloqu[ée]|bloccat|liste noire|lista n[ei]gra|заблокирован|ч[её]рн\w{1,3} спис|спам",
    r"黑名单|垃圾|拒绝",
)
#: Words of a refusal that is about the mailbox.
NO_SUCH_ADDRESS = _words(
    r"(user|recipient|mailbox|address|account|addressee|e-?mail)[^.;]{0,40}"
    r"(unknown|not found|does not exist|doesn'?t exist|no longer|not exist|invalid|disabled|inactive|not available"
    r"|not a valid|suspended|deleted|expired|closed)",
    r"(unknown|no such|invalid|non-?existent|bad|not a valid|inactive|disabled)[^.;]{0,20}"
    r"(user|recipient|mailbox|address|account|destination|local)",
    r"not our customer|does( not|n'?t) have an? .{0,20}account|no mailbox|nobody here",
    r"not listed in [^.;]{0,30}(directory|address book)",
    # In German, French, Dutch, Spanish, Portuguese, Italian, Polish, Russian, Chinese and Japanese.
    r"(benutzer|empf[äa]e?nger|adressat|postfach|mailbox|adresse|konto)[^.;]{0,30}"
    r"(unbekannt|existiert nicht|nicht gefunden|nicht vorhanden|ung[üu]e?ltig)",
    r"(utilisateur|destinataire|bo[îi]te|adresse|compte)[^.;]{0,30}(inconnue?|inexistante?|n'existe pas|introuvable)",
    r"(gebruiker|ontvanger|postvak|adres)[^.;]{0,30}(onbekend|bestaat niet)",
    r"(usuario|destinatario|buz[óo]n|cuenta|direcci[óo]n|casilla)[^.;]{0,30}(desconocid[oa]|inexistente|no existe)",
    r"(usu[áa]rio|destinat[áa]rio|caixa|conta|endere[çc]o)[^.;]{0,30}(desconhecid[oa]|inexistente|n[ãa]o existe)",
    r"(utente|destinatario|casella|indirizzo|account)[^.;]{0,30}(sconosciut[oa]|inesistente|non esiste)",
    r"(użytkownik|adresat|odbiorca|skrzynka|konto)[^.;]{0,30}(nieznan[ya]|nie istnieje)",
    r"(пользовател|ящик|адрес|получател|аккаунт)\w{0,3}[^.;]{0,30}(не найден|не существует|неизвест)",
    r"(用户|使用者|收件人|帐号|账号|帳號|邮箱|地址)[^。;]{0,10}(不存在|未找到|无效)|(无此|無此|没有该)(用户|使用者|帐号|账号)",
    r"(ユーザー?|宛先|メールアドレス|アカウント)[^。;]{0,10}(存在し|見つかり)ません|存在しない(ユーザー?|宛先|アドレス|アカウント)",
)
FULL = _words(
    r"\bfull\b|quota|insufficient (system )?storage|storage (space|allocation)",
    r"(mailbox|inbox|maildir)\b[^.;]{0,30}\b(limit|exceed\w{0,3}|over)\b",
    # In the same languages.
    r"(postfach|mailbox|speicher)[^.;]{0,20}(voll|überschritten)|(bo[îi]te|messagerie)[^.;]{0,30}(pleine|satur[ée]e)",
    r"(buz[óo]n|casilla|caixa|casella)[^.;]{0,30}(llen[oa]|cheia|lotad[oa]|piena)|postvak[^.;]{0,20}vol\b",
    r"skrzynka[^.;]{0,20}(pełna|przepełniona)|ящик\w{0,2}[^.;]{0,20}переполнен",
    r"(邮箱|信箱|郵箱)[^。;]{0,6}(已满|已滿|满)|メールボックス[^。;]{0,10}(一杯|いっぱい|容量)",
)
#: The same where a mailbox is named, so that it cannot be a limit of ours.
MAILBOX_FULL = _words(r"(mailbox|inbox|maildir)\b[^.;]{0,40}\b(full|quota|limit|exceed\w{0,3}|over|storage)\b")
HEADER_SIZE = _words(r"headers? (size|too (big|large)|exceeds)")
SIZE = _words(r"(message|mail)s? (size|too (big|large)|exceeds)|too (big|large)|size limit")
#: The same where it is the mail that is too large.
MAIL_SIZE = _words(r"\b(message|mail)s? (size|too (big|large)|exceeds)")
#: More than we may send for now, in all: what helps is to be slower.
OVER_LIMIT = _words(
    r"throttl|rate.?limit|sending (rate|limit|quota)|submission ?quota|concurrent connection|thread limit",
    r"(daily|hourly)[\w ]{0,30}(limit|quota)|(limit|quota|max\w*)[^.;]{0,30} (per|an?) (second|minute|hour|day)",
    r"(per|an) (second|minute|hour|day)[^.;]{0,30}(limit|quota|exceeded)|(smtp|peak)[\w ]{0,20}limit exceeded",
    r"too (many|much) (e-?mails?|mails?|messages|recipients|connections)|frequency (is )?limit",
    r"exceeded[^.;]{0,30}(rate|messages|e-?mails)\b|at (too high )?a rate|rate (is )?too high",
)
#: More than one connection may carry: another one may carry more at once.
PER_CONNECTION = _words(r"\b(per|this|same|single|one) (smtp )?(session|connection)\b")
#: One mailbox that gets more than it may, whoever sends it.
MAILBOX_RATE = _words(
    r"receiving (mail|messages|e-?mail)\w* (at a rate|too quickly|too fast)",
    r"too many (e-?mails?|mails?|messages)[^.;]{0,20} (to|for) (this|the|that) (mailbox|recipient|user|address)",
)
#: Our server, named and refused for now: all of our mail to that domain waits.
REFUSES_OUR_SERVER = _words(
    r"\b(black|block) ?list|\b(dnsbl|rbl)\b|\b(ip|sender|your|bad|poor|low) reputation",
    rf"(e-?mails?|messages?) from {_IP}[^;]{{0,40}}deferred",
)
#: Who may write to one recipient: Exchange's restrictions, people's own lists and filters, lists of members.
RESTRICTED = _words(
    r"resolver\.rst\.",
    r"(blocked|rejected|refused|denied|declined|filtered)[^.;:]{0,20} by (the |this )?"
    r"(recipient|addressee|mailbox owner|user)\b"
    r"(?!-|('s?|’s)? (mail|server|domain|organi[sz]ation|system|spam|network|polic|host|site|side|gateway|mta)\w*)",
    r"(recipient|addressee|mailbox owner|user) (has )?(blocked|blacklisted|refuses|declined) ",
    r"(personal|(recipient|user|owner)('s?|’s)?( own| personal)?) "
    r"(black|block|white|allow|safe|deny)[ -]?(list|senders)",
    r"not (allowed|authori[sz]ed|permitted) to (post|send|write)[^.;]{0,20} to (this|the) ([\w-]+ )?"
    r"(list|group|recipient|mailbox|address)\b",
    r"\b(members?|subscribers?)[ -]only\b|\bonly (list |group )?(members|subscribers)\b",
    r"restricted to (its |the )?members",
    r"(recipient|mailbox|user|address|account|group|list)\b[^.;]{0,20}(does not|doesn'?t|only)( currently)? accepts? "
    r"(e-?mails?|mails?|messages) from "
    r"(you|unknown|white ?listed|approved|authori[sz]ed|allowed|this sender|contacts|members)",
)
GREYLISTED = _words(r"gr[ea]y.?list|postgrey")
WANTS_LOGIN = _words(r"\bauth|log ?in|starttls|\btls\b|encrypt")
OUT_OF_STEP = _words(r"synchroni[sz]ation")
