import pytest

from dailypapers.errors import FetchFailed
from dailypapers.sources.http.addresses import addresses_of, is_public


@pytest.mark.parametrize("address", ["151.101.3.42", "2606:4700::1", "8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"])
def test_the_open_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.5.5", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1",
        "::1", "::", "fe80::1%eth0", "fc00::1", "fec0::1", "ff02::1",
        "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1",
        "::127.0.0.1", "::7f00:1", "::ffff:0:127.0.0.1", "64:ff9b:1::a00:1", "2001:0:53aa:64c:0:fffe:80ff:fffe",
        "2606:4700::5efe:127.0.0.1", "2606:4700::200:5efe:a00:1",
        "0.0.0.0",  # noqa: S104 - nothing is bound here
    ],
)  # fmt: skip
def test_private_networks_are_not_in_whatever_form(address: str) -> None:
    assert not is_public(address)


async def test_a_private_host_is_refused_unless_allowed() -> None:
    with pytest.raises(FetchFailed, match="private network"):
        await addresses_of("127.0.0.1", 80)
    assert await addresses_of("127.0.0.1", 80, allow_private=True) == ("127.0.0.1",)


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "127.1", "localhost", "::127.0.0.1"])
async def test_other_spellings_of_this_machine_are_refused(host: str) -> None:
    with pytest.raises((FetchFailed, OSError)):
        await addresses_of(host, 80)


async def test_a_name_that_cannot_be_one_is_refused() -> None:
    with pytest.raises(FetchFailed, match="is not a valid host name"):
        await addresses_of("a" * 70 + ".example", 80)
