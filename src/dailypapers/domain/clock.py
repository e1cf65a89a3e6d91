"""What says which moment it is. The domain reads no clock itself: whoever needs one is given it."""

import datetime as dt
from collections.abc import Callable

#: Gives the moment it is, aware of its time zone.
Clock = Callable[[], dt.datetime]
