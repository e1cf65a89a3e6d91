"""The one form an address is kept in."""

from email_validator import EmailNotValidError, validate_email

from dailypapers.errors import BadInput


def normal_address(address: str) -> str:
    """Return the one form an address is kept in: checked for form (RFC 5321), lower case, domain in its Unicode form.

    Raises `BadInput` with the reason.
    """
    try:
        checked = validate_email(address.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise BadInput(f"“{address[:100]}” is not an email address: {error}") from None
    return checked.normalized.lower()
