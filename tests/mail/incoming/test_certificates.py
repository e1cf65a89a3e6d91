"""Certificates come from Amazon's own hosts and from nowhere else."""

import pytest

from dailypapers.mail.incoming.certificates import Certificates, is_of_amazon

GOOD = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem"


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.eu-west-1.amazonaws.com/x.pem",
        "https://sns.eu-west-1.amazonaws.com.evil.example/x.pem",
        "https://evil.example/sns.eu-west-1.amazonaws.com/x.pem",
        "https://bucket.s3.amazonaws.com/x.pem",
        "https://sns.eu-west-1.amazonaws.com@evil.example/x.pem",
        "https://sns.eu-west-1.amazonaws.com:444/x.pem",
        "https://sns.eu-west-1.amazonaws.com:x/x.pem",
        "https://snsxeu-west-1.amazonaws.com/x.exe",
        "file:///etc/passwd.pem",
        "https://[::1/x.pem",
        "",
    ],
)
def test_what_is_elsewhere_is_never_fetched(url: str) -> None:
    asked: list[str] = []

    def fetch(url: str) -> bytes:
        asked.append(url)
        return b"x"

    known = Certificates(fetch)
    assert known.get(url) == b""
    if not is_of_amazon(url):
        assert not known.confirm(url)
    assert asked == []


def test_a_certificate_is_fetched_once_and_again_where_it_could_not_be_had() -> None:
    answers = iter([b"", b"pem"])
    known = Certificates(lambda _: next(answers))
    assert [known.get(GOOD) for _ in range(3)] == [b"", b"pem", b"pem"]
    many = Certificates(lambda url: url.encode())
    assert all(many.get(GOOD.replace("-1.pem", f"-{n}.pem")) for n in range(40))
    assert is_of_amazon("https://sns.cn-north-1.amazonaws.com.cn/x.pem", path_ends=".pem")
