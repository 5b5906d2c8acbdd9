"""The few sentences that the line itself says; everything else is the assistant's wording."""

from __future__ import annotations

ONE_MOMENT = "One moment, please."
STILL_LOOKING = "I'm still looking."
TRY_AGAIN = "I'm sorry, I could not finish that. Nothing was lost. Please say it once more."
NOT_NOW = "I'm sorry, I can't answer right now. Please try once more, or call again in a few minutes."
PUTTING_THROUGH = "I'm putting you through now."
NOBODY_ANSWERED = "I'm sorry, nobody could take the call. Your request is kept, and a person will see it. Goodbye."
REQUEST_KEPT = "Your request is kept, and a person will see it. Goodbye."
GOODBYE = "Goodbye."
ORDER = "You can also press the number of the one you want, in the order I said them."
MORE = "Or say more, to hear the others."
