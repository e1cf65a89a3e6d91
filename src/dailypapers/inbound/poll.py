"""Poll: mail taken from a mailbox, for who cannot have it handed over."""

from dailypapers.inbound.by_mail import InboundHandler, inbound, refusal
from dailypapers.mail.incoming import imap
from dailypapers.mail.incoming.imap import ImapServer
from dailypapers.mail.incoming.parse import Incoming


def poll(handler: InboundHandler, server: ImapServer) -> int:
    """Deal with the unseen mail of a mailbox; return how much there was. Raises `MailServerUnreachable`."""

    def take(mail: Incoming) -> str:
        return refusal(handler.addresses, mail.sender, mail.recipient) or inbound(handler, mail)

    return imap.poll(server, take, is_ours=handler.addresses.is_for_us)
