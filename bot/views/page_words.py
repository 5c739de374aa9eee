"""Every sentence of ours about links to pages, in Slack and in the browser. `{names}` are filled in by the views."""

from typing import Final

# In Slack
PRINTABLE: Final = "Printable page"
PRINTABLE_LABEL: Final = "Get a link to this readout as a page to print"
READOUT: Final = "*Readout of {period}: {programme}*, as a page to read or print."
ENDS: Final = "The link ends {at}. Until then whoever has it can open it, so pass it on with care."
OPEN: Final = "Open the page"
OPEN_LABEL: Final = "Open the printable readout of {programme} in the browser"
NO_ADDRESS: Final = "For a printable page here, whoever runs winback sets WINBACK_URL. Until then: `{command}`"
NO_LINK: Final = "There are no links to pages any more. Whoever runs winback can set WINBACK_URL, or run `{command}`."

EXPORT: Final = "*Export of {programme}, {period}*"
EXPORT_OF_ALL_TIME: Final = "all time"
EXPORT_HOLDS: Final = (
    "Answers, cases, their history and all else that figures are made of: CSV files in one ZIP, as of the download. "
    "It holds names, e-mail addresses and words of customers: keep it where only those who need it can read it."
)
EXPORT_ENDS: Final = "The link ends {at}. Until then whoever has it can use it. Who downloads is written into the log."
DOWNLOAD: Final = "Download"
DOWNLOAD_LABEL: Final = "Download the export of {programme}"
EXPORT_BY_HAND: Final = (
    "I can't give you a link, because I don't know my own address: whoever runs winback sets WINBACK_URL. "
    "They can also make the files with this command. They hold names, e-mail addresses and words of customers."
)

# In the browser
FORGED_TITLE: Final = "This link doesn't work"
FORGED: Final = "Perhaps a part of it got lost on the way. Copy the whole link, or ask for a new one in Slack."
ENDED_TITLE: Final = "This link has ended"
ENDED: Final = "Links from Slack work for a short time only. Ask for a new one there."
BUSY_TITLE: Final = "One moment, please"
BUSY: Final = "Others are opening pages right now. Try this link again in a minute."
TROUBLE_TITLE: Final = "This page can't be shown right now"
TROUBLE: Final = "Try this link again in some minutes. If that doesn't help, tell whoever runs winback."
