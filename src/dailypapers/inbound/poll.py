"""Poll: mail taken from a mailbox, for who cannot have it handed over."""

from dailypapers.inbound.by_mail import Addresses, InboundHandler, inbound, refusal
from dailypapers.mail.incoming import imap
from dailypapers.mail.incoming.imap import ImapServer
from dailypapers.mail.incoming.parse import Incoming


def poll(handler: InboundHandler, server: ImapServer) -> int:
    """Deal with the unseen mail of a mailbox; return how much there was. Raises `MailServerUnreachable`."""

    def take(mail: Incoming) -> str:
        return refusal(handler.addresses, mail.sender, mail.recipient) or inbound(handler, mail)

    return imap.poll(server, take, is_ours=lambda address: _is_ours(handler.addresses, address))


def _is_ours(addresses: Addresses, address: str) -> bool:
    """Tell whether mail to an address is for us to deal with: with its detail, by which a bounce tells its mail."""
    to = address.lower()
    return (
        bool(addresses.token(to)) or to in {addresses.subscribe, addresses.unsubscribe} or addresses.takes_reports(to)
    )
