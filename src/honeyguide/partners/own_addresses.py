"""A company's own e-mail addresses: where a client is asked or named, they are not the client's (G1.3, T2.3.2)."""

from urllib.parse import urlsplit

from honeyguide.partners.models import Partner

SHARED_DOMAINS = frozenset({
    "126.com", "163.com", "aol.com", "bk.ru", "free.fr", "gmail.com", "gmx.at", "gmx.ch", "gmx.com", "gmx.de",
    "gmx.net", "googlemail.com", "hotmail.co.uk", "hotmail.com", "hotmail.de", "hotmail.fr", "icloud.com",
    "inbox.ru", "interia.pl", "laposte.net", "libero.it", "list.ru", "live.com", "mac.com", "mail.com", "mail.ru",
    "me.com", "msn.com", "naver.com", "o2.pl", "onet.pl", "orange.fr", "outlook.com", "outlook.de",
    "outlook.fr", "proton.me", "protonmail.com", "qq.com", "rambler.ru", "seznam.cz", "sfr.fr", "t-online.de",
    "tutanota.com",
    "ukr.net", "wanadoo.fr", "web.de", "wp.pl", "ya.ru", "yahoo.co.jp", "yahoo.co.uk", "yahoo.com", "yahoo.de",
    "yahoo.es", "yahoo.fr", "yahoo.it", "yandex.com", "yandex.ru", "zoho.com",
})  # fmt: skip
"""Where anybody can have an address: who else has one there is nobody's colleague."""


def is_own_address(partner: Partner, email: str) -> bool:
    """Whether an address is the company's or one of its people's, or at a domain of theirs that is not shared."""
    members = partner.members.values_list("user__email", flat=True)
    own = {_plain(each) for each in (partner.email, *members) if each}
    domains = {_domain(each) for each in own} - SHARED_DOMAINS
    if host := urlsplit(partner.website).hostname:
        domains.add(host.removeprefix("www."))
    domain = _domain(_plain(email))
    return _plain(email) in own or any(domain == each or domain.endswith(f".{each}") for each in domains)


def _plain(email: str) -> str:
    """An address without case and without what stands behind `+`, which reaches the same person."""
    name, _at, domain = email.strip().casefold().rpartition("@")
    return f"{name.partition('+')[0]}@{domain}"


def _domain(email: str) -> str:
    return email.rpartition("@")[2]
