"""Who would be told of an alert now, for whoever writes the roster."""

from datetime import datetime

from desk.roster import Contact, Roster, Site


def on_duty(roster: Roster, now: float) -> str:
    """A few lines for each site: the time there, and who is told, in order."""
    return "\n".join(_site(roster, site, now) for site in roster.sites.values())


def _site(roster: Roster, site: Site, now: float) -> str:
    there = datetime.fromtimestamp(now, site.zone)
    told = "\n".join(map(_contact, roster.to_tell(site, now)))
    who = "on duty" if site.on_duty(now) else "nobody is on duty; told instead"
    return f"{site.name} ({site.id}), {there:%A %H:%M} there, {who}:\n{told}"


def _contact(contact: Contact) -> str:
    return f"  {contact.name}, {contact.number}, {' and '.join(contact.ways)}"
