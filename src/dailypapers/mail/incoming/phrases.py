"""What reports of undelivered mail say, by what it means: words of mail servers and of programs that give up.

A reply of a server in a dialogue is read by `mail.smtp.replies`; the words here are those of reports, which also quote
what a program says on its own account, in several languages, about a mail it had taken. Every repetition is bounded, so
that a text made to be slow is not.
"""

import re

_MAILBOX = (
    r"(user|recipient|mailbox|address|account|addressee|alias|customer|local[- ]part|person|member"
    r"|(?<!domain )(?<!host )name)"
)
_DOMAIN = r"(domain|host)"


def _words(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE)


#: Addresses, what stands behind the host of a link, and links of filters that explain every refusal, those of unknown
#: recipients too: what they are called says nothing.
NAMES = re.compile(
    r"https?://[^\s<>/]{0,80}(mimecast|barracuda|messagelabs|symantec|trendmicro)[^\s<>]{0,500}"
    r"|(?<=\w)/[^\s<>]{0,500}|[^\s<>]{1,128}@[^\s<>]{1,253}",
    re.IGNORECASE,
)
#: What Zoho says of any address, and RFC 5321 4.2.3 of any reason.
UNAVAILABLE = _words(r"requested (mail )?action not taken: mailbox unavailable")
SAYS_NOTHING = _words(
    r"invalid address, error_code :?",
    UNAVAILABLE.pattern,
    # Who reports, and who answered: hosts are called after what they do, such as relay or spamfilter.
    r"\bhost [\w.-]{1,253}\[[\da-f.:]{1,45}\] said:?|\bat host [\w.-]{1,253}",
)

FULL = _words(
    r"(mail ?box|account|user|folder|inbox|disk|recipient|storage|quota|box|file ?system|maildir)\S{0,20}[^.;:]{0,60}"
    r"(\bfull\b|over[ -]?quota|quota|exceed|too large|too big|overflow|out of (space|storage))",
    r"over ?quota|quota (is |was |has |would )?(been )?(exceeded|violation|full)|mail ?box ?full|disk full"
    r"|spool is full",
    r"(exceed\w{0,5}|over|past|out of)[^.;:]{0,40}\b(quota|storage|allocat\w{0,5}|disk ?space|mailbox size)",
    r"(insufficient|not enough|lack of|no) (system |disk |storage |free ){0,3}(space|storage|quota|room)",
    r"mailbox size limit|maximum (allowed )?(mailbox|storage)|exceeded storage|storage ?allocation|allotted",
    r"total size of .{0,20}messages|errorquotaexceeded",
    r"(mail ?box|inbox|folder|account)[^.;:]{0,40}(reached|hit|at) (its|the|h\w\w|their) (\w{1,12} )?(limit|capacity)",
    # In other languages.
    r"(postfach|mailbox|postbox|speicher\w{0,8})[^.;:]{0,60}(\bvoll|überschritten|erschöpft|überfüllt)",
    r"(bo[iî]te|bal|messagerie|espace|quota)[^.;:]{0,60}(pleine?\b|satur|dépass|atteint)",
    r"(buz[oó]n|casilla|cuenta|cuota)[^.;:]{0,60}(llen[oa]\b|excedid|superad)",
    r"(casella|quota)[^.;:]{0,60}(pien[ao]\b|superat)",
    r"(caixa|cota|conta)[^.;:]{0,60}(chei[ao]\b|excedid|lotad)|(postvak|mailbox)[^.;:]{0,60}\bvol\b",
    r"(skrzynk|przepełnion)[^.;:]{0,60}(pełn|przepełnion)|(ящик|почтов)[^.;:]{0,60}(переполнен|заполнен)|квот[аы]",
    r"(邮箱|郵箱|信箱|空间|空間|容量)[^。;:]{0,20}(已满|已滿|满|滿|不足|超)|(容量|メールボックス|受信箱)[^。]{0,20}(一杯|いっぱい|満|超)",
    r"(kutu|kota)\w{0,5}[^.;:]{0,40}(dolu|doldu|aş)",
    r"(용량|편지함|사서함)[^.]{0,20}(초과|부족|가득)",
    r"schránk[^.;:]{0,60}(pln[áa]\b|přeplněn|preplnen)|postafiók[^.;:]{0,60}(megtelt|tele\b)",
    r"(postkasse|postboks|brevlåda|inkorg|innboks|indbakke)[^.;:]{0,60}\bful(d|l|lt)\b|postilaatikko[^.;:]{0,60}täyn",
    r"(căsuț|cutia)[^.;:]{0,60}plin[ăa]\b|(γραμματοκιβ|θυρίδα)[^.;:]{0,60}(πλήρ|γεμάτ)|скриньк[^.;:]{0,60}переповнен",
    r"(תיבת|תיבה)[^.;:]{0,60}מלאה|(صندوق|علبة)[^.;:]{0,60}(ممتلئ|امتلأ)|(hộp thư|dung lượng)[^.;:]{0,60}(đầy|vượt)",
    r"(сандуче|кутия)[^.;:]{0,60}(пун|пълн)|(predal|dėžut)[^.;:]{0,60}(poln|pilna)|bústia[^.;:]{0,60}plen|صندوق[^.;:]{0,60}پر",
    r"kotak (surat|masuk)[^.;:]{0,60}penuh|กล่องจดหมาย[^.;:]{0,60}เต็ม|(sandučić|pretinac)[^.;:]{0,60}pun\b",
)
#: A server that wants the mail later, from anybody.
GREYLISTED = _words(
    r"gr[ea]y.?list|postgrey|(receiv|gett)ing (e-?mail|mail|messages)\w* (at a rate|too (quickly|fast))"
)
#: More mails than we may send.
OVER_LIMIT = _words(
    r"sending (quota|limit|rate)|\brate limit (allowed|exceeded)|(daily|hourly)[^.;:]{0,20}(quota|limit)"
    r"|too many (invalid|bad|unknown|wrong) (recipients|users|addresses|rcpt)"
)
#: The connection did not stand, or what was tried was tried until it was too late.
LOST = _words(
    r"^\W{0,5}(lost connection|connect to|conversation with|timed? ?out)",
    r"(tls|ssl)[^;]{0,30}(negotiation|handshake)[^;]{0,60}fail",
    r"^\W{0,5}delivery temporarily suspended: (lost|connect)",
    r"without delivery",
)
#: The same further on in a text, which may be about another server.
DROPPED = _words(r"connection (was )?(refused by|reset|timed out)")
#: A server that greeted with a refusal, before it knew of any mail, unless it says that it had no time for anybody.
REFUSED_GREETING = _words(
    r"refused to talk to (me|us): (?![^;]{0,300}(busy|overload|load average|resources|maintenance|storage|disk))"
)
#: A server's answer for good, as sendmail quotes it.
ANSWERED = _words(r"<<< ?5\d\d")
#: Commands that a server did not expect or understand: two programs, not a reader, are at odds.
NOT_UNDERSTOOD = _words(
    r"(bad|improper|wrong|invalid|incorrect|unexpected) (command )?(sequence|order)|out of (sequence|order)",
    r"syntax error|(command|argument|parameter)s? (is |was )?(not|un) ?(recogni[sz]ed|implemented|known|expected)",
    r"(unrecogni[sz]ed|unknown|unimplemented|unexpected|invalid) (smtp )?(command|parameter|argument)",
    r"need (rcpt|mail|helo|ehlo)\b",
)
NO_DOMAIN = _words(
    rf"host (name )?(unknown|not found|lookup failed)|host \S{{1,100}} not found|unknown (mail )?{_DOMAIN}"
    rf"|no such {_DOMAIN}",
    r"unroutea?ble|nxdomain|non-?existent domain|bad[- ]domain|domain_not_found",
    rf"{_DOMAIN}( name)?( \S{{1,100}})? (does not|doesn'?t|did not) (exist|resolve)",
    rf"{_DOMAIN} (name )?(was |is )?(not found|unknown|invalid|non-?existent|not reachable\. please check)",
    r"mail domain \S{1,100} is unknown",
    r"\b[\w-]{1,63}(\.[\w-]{1,63}){1,5}\.? does not exist|(mx|srv) record[^.;]{0,30} no smtp service",
    r"(null|invalid|no valid|illegal)( dns)? mx|no mail ?server for|smtp protocol is disabled for this domain",
    r"(couldn'?t|could not|cannot|can'?t|unable to) (find|resolve)[^.;]{0,40}(host|domain|mx|exchanger)",
    r"(?<!user )(?<!recipient )(does not|doesn'?t|do not) accept (any )?(e-?mail|mail|messages)",
    r"not accepting (any )?mail|accepts? no (e-?mail|mail)|bad destination (host|system|mailbox system)",
    r"recipient'?s? domain[^.;]{0,30}(not exist|invalid)|all relevant mx records point to non-?existent hosts",
    rf"{_DOMAIN}[^;]{{0,60}}(has no (mx|usable|valid|mail)|not registered)|no data record of requested type",
    r"lowest[- ]numbered mx record points to local ?host",
)
#: A name server that could not tell.
TRY_AGAIN = _words(r"(?<!\band )try again|temporar")
NO_ADDRESS = _words(
    rf"{_MAILBOX}s?\b[^.;:]{{0,60}}(\bunknown|does ?n[o']t exist|doesn'?t|not valid|non-?exist|invalid|deleted"
    rf"|(?<!not )been (removed|terminated|cancell?ed)|unavailable)",
    rf"{_MAILBOX}s?\b[^.;:]{{0,60}}not (been )?(found|known|listed|recogni[sz]ed|registered|exist|have an)",
    rf"{_MAILBOX}s?\b[^.;:]{{0,60}}(no longer (available|valid|active|exist|accept|on|with)|rejected: undeliverable)",
    rf"{_MAILBOX}s?\b[^.;:]{{0,60}}(cannot be found|could ?n[o']t be found|not a (valid|known)|not (in|on"
    rf"|hosted|here|local))",
    rf"(unknown|no such|non-?exist\w{{0,3}}|bad|not a valid|not a known|invalid"
    rf"|unrecogni[sz]ed)[^.;:]{{0,24}}{_MAILBOX}\b",
    rf"(there is no|illegal|incorrect|\bno\b)[^.;:]{{0,24}}({_MAILBOX}|destination)\b|bad[- ]mailbox|no mailbox",
    r"nobody (here )?by that name|no one by that name|not our customer|mailbox[^.;]{0,20}not? (available|here)",
    r"not listed in (domino|public|the)|cannot be (delivered|resolved)[^.;]{0,20} unknown|recipnotfound",
    r"doesn'?t have an? .{0,20}account|that e-?mail address|isn'?t (found|in our)|does not like recipient",
    r"(is )?not (at|on|hosted (at|on)) (this|our) (site|host|server|system|domain)",
    r"vdeliver: invalid|unknown (or illegal|rcpt)|address error|undeliverable address|account closed"
    r"|has left (the|our|this) ",
    # In other languages.
    r"unbekannt|existiert nicht|(adresse|empfänger|benutzer|postfach)[^.;]{0,60}nicht (gefunden|vorhanden|bekannt)",
    r"inconnue?\b|n'existe (pas|plus)|(adresse|destinataire)[^.;]{0,40}(erron|introuvable|invalide)|aucune bo[iî]te",
    r"desconocid|no existe|inexistente?|no (se )?encontr|n[aã]o existe|desconhecid|n[aã]o (foi )?encontrad",
    r"sconosciut|non (esiste|trovat)|onbekend|bestaat niet|niet gevonden|(okänd|ukendt|ukjent) |finns inte|findes ikke",
    r"nie (istnieje|ma takiego|znaleziono)|nieznan[ya]|neexistuje",
    r"neznám|nem (létezik|található)|bulunamad|mevcut değil",
    r"не (существует|найден|зарегистрирован)|неизвестн|нет такого|не існує",
    r"不存在|未知|無此|无此|查无此|找不到|存在しません|(見つ|見当た)[^。]{0,6}(ません|ない)",
    r"不明|(존재하지|없는) ?(않|사용자|계정|주소)",
    r"nicht im [^.;]{0,40}verzeichnis|ei löydy|tuntematon|nu există|ne postoji|tidak ditemukan|không tồn tại",
    r"nije pronađen|ikke funnet|няма такъв|не съществува|не постоји|ne obstaja|no existeix|nerast|neegzistuoja",
    r"ei leitud|وجود ندارد|δεν (βρέθηκε|υπάρχει)|לא (נמצא|קיימ)|(لم يتم العثور|غير موجود)|ไม่พบ",
)
#: What is said of an address that does not exist, and sounds like a policy: Exchange Online's edge says the first.
MEANS_NO_ADDRESS = _words(
    r"recipient address(es)? rejected ?: access denied|recipient address rejected[.:]?\s{0,9}($|\(in reply)",
    r"remote smtp server has rejected address|5\.1\.0 address rejected",
    # Outlook.com's number for it, behind words that mean anything.
    r"\(s2017062302\)",
)
#: Mobile carriers in Japan say so of what a reader's own filter refuses as well, and Yahoo Japan of closed accounts.
CARRIER = _words(r"550[ -]: user unknown|550[ -]'?unknown user \S{1,100}@|\[-\d{1,3}\]")
#: Of a mail that was seen already, it may be what a filter says.
VAGUE = _words(r"(user|recipient) (is )?unknown|unknown (user|recipient)")
MOVED = _words(
    r"(has|have) (been )?(moved|replaced by|changed)\b|no longer (valid|in use)[^.;]{0,40}new (e-?mail )?address"
)
SUSPENDED = _words(r"account is (disabled|suspended|locked)")
#: There is such a mailbox, and it is closed for now or for good; it may be opened again.
DISABLED = _words(
    r"(account|mailbox|user|recipient|address|domain|e-?mail)\S{0,20}[^.;:]{0,50}"
    r"(disabled|suspended|locked|inactive|deactivated|frozen|expired|over ?due|on hold|restricted|blocked by)",
    r"\b(disabled|suspended|inactive|locked|deactivated|frozen|expired)[^.;:]{0,20}(account|mailbox|user"
    r"|recipient|address)",
    r"not been? ?paid|temporarily (locked|disabled)|has been disabled",
)
TOO_LARGE = _words(
    r"(message|mail|size)\S{0,20}[^.;:]{0,40}too (big|large)|(message|mail) size (limit )?(exceed|is|too)",
    r"(message|mail|size)\S{0,20}[^.;:]{0,40}exceed\w{0,5} (the )?[^.;:]{0,40}(size|limit|maximum)",
    r"(size limit|max\w{0,5} (message )?size)[^.;:]{0,20}exceed|exceed\w{0,5}[^.;:]{0,40}(size|bytes)",
    r"exceeded (the )?(maximum|max) (message|mail)|too (big|large)|maximum message size|larger than|size exceeds",
)
#: Trouble inside the receiving system, or with what somebody has set up there.
THEIR_SYSTEM_SURELY = _words(r"(can'?t|cannot|couldn'?t) (create|open|write|lock|append)|ldap|procmail:|maildrop")
THEIR_SYSTEM = _words(
    r"(internal|configuration|local|system|software|server|processing|lookup|i/?o|disk|database|delivery agent|procmail"
    r"|filter|script|pipe|program|command|child) ?(server )?"
    r"(error|fail\w{0,4}|problem|misconfigur\w{0,5}|not (working|available)|returned|died|exited|output|crash\w{0,3})",
    r"mail system (full|error)|cannot update|no such file|permission denied|read-only|duplicated message-id",
    r"service (is |est )?(currently |temporarily )?(unavailable|not available|refus)|mail ?box (is )?(busy|locked by)",
    r"(over|exceed\w{0,5}|too)[^.;:]{0,20}(number of|many) recipients|rewrite|mailer|transport (error|fail"
    r"|unavailable)|exit (code|status)|store driver",
)
#: Groups that only members may write to, whatever the language.
GROUPS = _words(r"google groups|support\.google\.com/(a/)?groups|groups\.google")
MEMBERS_ONLY = _words(
    r"(group|list)[^.;]{0,80}(may not exist|permission to post|not be open to posting|moderat)",
    r"resolver\.rst(?!\.\w{0,30}size)",
    r"only (members|subscribers)|(not|must be) (a )?(member|subscriber)|authorized senders?|restricted (to|by)",
    r"not (allowed|authori[sz]ed|permitted) to (send|post|mail)[^.;]{0,20} to (this|the)",
    r"senders? (that are|who are|not) (allowed|in)",
)
#: Words that make what cannot be found the sender's: a domain, an address.
SENDER = _words(r"sender|mail from|return[- ]?path|from address|\bfrom:|helo\b|your (domain|host|ip|server)|originat")
#: What sounds as if it were about us, and is about the address.
NOT_ABOUT_US = _words(
    r"recipient( address)? rejected|rejected (address|recipient)|address rejected|rejected by a remote mail server",
    r"connection refused|not found or access denied",
)
ABOUT_US = _words(
    r"\bspam|junk|unsolicited|bulk (mail|e-?mail)|phish|black ?-?list|block ?-?list|deny ?list|\bblocked\b",
    r"block(ed)? (by|using|for)|reputation|\b(rbl|dnsbl|spamhaus|spamcop|barracuda|sorbs|cloudmark|senderbase)\b",
    r"\bsenderscore\b|(?<![.-])\b(proofpoint|mimecast|trend ?micro)\b(?![.-])",
    r"polic(y|ies)|\bspf\b|dkim|dmarc|domainkeys",
    r"(fail\w{0,3}|not|un)[^.;:]{0,20}authenticat|authentication (fail|required|is required|unsuccess)",
    r"\brdns|reverse[- ](dns|lookup|ip|name)|\bptr\b|cannot find your (reverse )?host ?name",
    r"(resolve|verify|find)[^.;:]{0,30}(your|client|connecting|sending|sender)",
    r"\brelay(?!=|[\w-]{0,60}\.\w)|not permitted|not allowed",
    r"not authori[sz]ed|denied|prohibited|forbidden|banned|\bhelo\b|\behlo\b|virus|malware|infect|dangerous|suspicious",
    r"rejected (because|due to|for|by)|(content|message|mail|e-?mail|letter|connection|transaction)s?( \S{1,30}){0,3} "
    r"(was |were |is |has been |have been )?(rejected|refused|blocked|filtered|denied|bounced)",
    r"sender[^.;:]{0,40}(reject|refus|invalid|unknown|verif|not|fail|block|bad|denied|domain)",
    r"(from|of|by) your (network|ip|host|server|domain|mail|address|provider)|client host",
    r"your (ip|network|host|server|domain|access|connection)[^.;:]{0,40}"
    r"(reject|refus|block|list|not|dynamic|bad|poor|fail|been|limit|exceed|violat)",
    r"dynamic (ip|pool|address|host)|generic (rdns|ptr|hostname|host)|bad (helo|header|content|message|mime)",
    r"(invalid|illegal|forged|missing|malformed|multiple)[^.;:]{0,20}(header|from|message-?id|date|mime|charset)",
    r"rfc[ -]?(2822|5322|822|5321|2821|1123)\b(?! ?;)|8-?bit|non-?ascii|smtputf8|content (reject|filter|restriction)",
    r"too many (messages|mails|e-?mails|recipients|errors)|rate ?-?limit|throttl|frequency|(sending"
    r"|message) (limit|rate)",
    r"limit (exceeded|reached)|exceed\w{0,5} (the )?(hourly|daily|sending)|encrypt|starttls|\btls\b|ssl required",
    r"security|restrict|unacceptable|access (rejected|refused)|attachment|executable|adult|administratively prohibit",
    r"error[- ]?code.{0,10}(rlp|pbl)|no-?answer from|proxy|tor exit|(unexpected|high|of) volume|volume of"
    r"|complaints?\b",
    r"(?<!not )listed (in|at|by|on)|(spam|filter)ed|message filter|do(es)? not (want|accept mail from)|will not accept",
    r"refused (by|to(?! talk))|not accept(ed|ing) (from|your)|\bx\.co\b|purported responsible|sender ?-?id\b",
    # What Orange refuses servers with, by their reputation and their number of mails; 5.05 is trouble of its own.
    r"\bofr(\d{3})?_(1\d\d|506|51[01]|630|999)\b|you (cannot|can'?t|may not) (send|mail|post)",
    r"\bdt:sp[mf]\b|ask your postmaster",
)
NO_WAY = _words(
    r"(has|have) (been in the queue|expired|timed out)|delivery (time|attempts?)[^.;:]{0,20}(expired|exceeded|timed?)",
    r"time[- ]?out|timed out|retry (time(out)?|limit)|gave? up|queue too long|too long in (the )?queue",
    r"(not|no)[^.;:]{0,20}connect\w{0,3}|connection (was )?(refused|lost|dropped|closed|failed|died)|broken pipe",
    r"refused the connection|(network|host|server) (is )?(unreachable|down|unavailable)",
    r"no route to host|not be(en)? able to (connect"
    r"|contact)",
    r"(unable|failed|cannot|can'?t|couldn'?t|could not) (to )?(connect|contact|reach|establish|send to identified)",
    r"lost connection|delivery failed \d{1,5} attempts|still (trying|not)|will (be )?(retr|keep|continue|attempt)",
    r"(mail|routing|forwarding|message|excessive|infinite) ?(forwarding |routing |mail )?loop|loops? (back|detected)",
    r"too many hops|hop count|(message|delivery) (has )?expired|delayed|not delivered within|undelivered for",
    r"conversation|handshake|greeting|(?<!result )banner|not responding",
    r"not reachable|dns (lookup|server|error|resolver|query|failure)|name ?server",
    r"server (is )?busy|too many (connections|sessions)|temporarily (deferred|unavailable|rejected)|try again later",
    r"(resources|system) (is )?temporarily|still being retried|warning",
)
#: Where in the dialogue a refusal came.
AFTER_BODY = _words(
    r"end of data|after (data|end of)|reply to (end of )?data|>>> ?(data|\.|bdat)|\bdata command|smtp:data"
    r"|after dot|\(data\b"
)
AFTER_MAIL = _words(r"(to|after) mail from|>>> ?mail from|after [he][eh]lo|smtp:mail")
AFTER_RCPT = _words(
    r"(to|after|sent:?) (the )?(<<< ?)?rcpt|rcpt (to )?command|our rcpt",
    r"rcpt_to|(>>>|-->) ?rcpt|smtp:rcpt|rejected address|for recipient",
)
