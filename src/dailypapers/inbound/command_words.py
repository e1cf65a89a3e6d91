"""Commands in German and Chinese, word for word in the English that `inbound.commands` reads.

Whatever language a reader has chosen, they may write another; so all words are known at once, and what is not known
stays as it is. Pure.
"""

import re
from collections.abc import Mapping

_GERMAN: Mapping[str, str] = {
    "mehr": "more", "wie": "like", "von": "of", "weniger": "less",
    **dict.fromkeys(("speichern", "speichere", "speicher", "merken", "merke", "sichern"), "save"),
    **dict.fromkeys(("pausieren", "pausiere", "unterbrechen"), "pause"),
    "bis": "until", **dict.fromkeys(("für", "fuer"), "for"),
    **dict.fromkeys(("fortsetzen", "weiter", "weitermachen", "wiederaufnehmen"), "resume"),
    **dict.fromkeys(("themen", "thema", "einstellungen"), "topics"),
    **dict.fromkeys(("abmelden", "abbestellen", "kündigen", "kuendigen", "austragen", "stopp"), "unsubscribe"),
    **dict.fromkeys(("hilfe", "befehle"), "help"),
    **dict.fromkeys(("und", "auch", "bitte", "danke", "dann", "mir", "mich", "meine", "meinen"), "please"),
    **dict.fromkeys(("den", "dem", "das", "die", "der", "am", "zum", "ab"), "the"),
    **dict.fromkeys(("nummer", "nr", "artikel", "arbeit", "arbeiten"), "number"),
    "morgen": "tomorrow",
    **dict.fromkeys(("nächste", "nächsten", "nächster", "nächstes", "naechste", "naechsten"), "next"),
    **dict.fromkeys(("woche", "wochen"), "week"), **dict.fromkeys(("tag", "tage", "tagen"), "day"),
    **dict.fromkeys(("monat", "monate", "monaten"), "month"), **dict.fromkeys(("jahr", "jahre", "jahren"), "year"),
    **dict.fromkeys(("ein", "eine", "einen", "einem", "einer"), "one"),
    "zwei": "two", "drei": "three", "vier": "four", "fünf": "five", "fuenf": "five", "sechs": "six",
    **dict.fromkeys(("januar", "jänner", "jan"), "january"), **dict.fromkeys(("februar", "feber"), "february"),
    **dict.fromkeys(("märz", "maerz", "mär"), "march"), "mai": "may", "juni": "june", "juli": "july",
    **dict.fromkeys(("oktober", "okt"), "october"), **dict.fromkeys(("dezember", "dez"), "december"),
    "montag": "monday", "dienstag": "tuesday", "mittwoch": "wednesday", "donnerstag": "thursday", "freitag": "friday",
    "samstag": "saturday", "sonnabend": "saturday", "sonntag": "sunday",
}  # fmt: skip
#: Longer words first: 更多类似 is not 更多 and something unknown.
_CHINESE: Mapping[str, str] = {
    **dict.fromkeys(("更多类似", "更多相似", "多推荐", "更多像", "更多"), "more like"),
    **dict.fromkeys(("更少类似", "减少类似", "少推荐", "更少", "减少", "少一些"), "less like"),
    **dict.fromkeys(("收藏", "保存"), "save"),
    **dict.fromkeys(("暂停", "停止发送"), "pause"), **dict.fromkeys(("直到", "至", "到"), "until"),
    **dict.fromkeys(("继续", "恢复"), "resume"), **dict.fromkeys(("我的主题", "主题"), "topics"),
    **dict.fromkeys(("取消订阅", "退订"), "unsubscribe"), **dict.fromkeys(("帮助", "命令"), "help"),
    **dict.fromkeys(("论文", "请", "谢谢", "第", "篇", "号", "和", "、", "，", "。", "；", "的", "为", "期"), ","),
    "明天": "tomorrow", **dict.fromkeys(("下个星期", "下星期", "下周"), "next week"),
    **dict.fromkeys(("下个月", "下月"), "next month"),
    **dict.fromkeys(("个星期", "星期", "周"), "week"), **dict.fromkeys(("个月",), "month"), "天": "day", "年": "year",
    "一": "one", **dict.fromkeys(("两", "二"), "two"), "三": "three", "四": "four", "五": "five", "六": "six",
}  # fmt: skip
_CHINESE_WORD = re.compile("|".join(sorted(_CHINESE, key=len, reverse=True)))
_NUMERALS = {name: n for n, name in enumerate("一二三四五六七八九十", 1)} | {"十一": 11, "十二": 12}
_NUMERAL = r"\d{1,2}|十[一二]|[一二三四五六七八九十]"
_CHINESE_DATE = re.compile(rf"(?:(\d{{4}})年)?({_NUMERAL})月份?(?:(\d{{1,2}})[日号])?")
_CHINESE_WEEKDAY = re.compile("(?:下个?)?(?:周|星期|礼拜)([一二三四五六日天])")
#: “暂停两周” has no word for “for”.
_CHINESE_LENGTH = re.compile(r"(暂停)\s{0,3}(?=(?:\d{1,3}|[一两二三四五六])\s{0,3}(?:天|周|个|年|星期))")
_MONTHS = ("", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WORD = re.compile(r"[^\W\d]+")
_HAN = re.compile("[\u4e00-\u9fff]")


def in_english(line: str) -> str:
    """Return a line with the words of commands in English; others stay."""
    if _HAN.search(line):
        line = _CHINESE_LENGTH.sub(r"\1 for ", line)
        line = _CHINESE_WEEKDAY.sub(_weekday, _CHINESE_DATE.sub(_date, line))
        line = _CHINESE_WORD.sub(lambda match: f" {_CHINESE[match[0]]} ", line)
    return _WORD.sub(lambda match: _GERMAN.get(match[0].lower(), match[0]), line)


def _date(match: re.Match[str]) -> str:
    year, month, day = match.groups(default="")
    number = int(month) if month.isdecimal() else _NUMERALS[month]
    # A month that there is not is no month, and no command.
    return f" {day} {_MONTHS[number]} {year} " if 1 <= number < len(_MONTHS) else match[0]


def _weekday(match: re.Match[str]) -> str:
    return f" {_WEEKDAYS['一二三四五六日'.find(match[1].replace('天', '日'))]} "
