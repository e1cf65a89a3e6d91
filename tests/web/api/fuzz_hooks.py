"""What is changed of the calls that schemathesis makes; it loads this file by the settings of `fuzz`."""

import secrets
from typing import Any

import schemathesis
from schemathesis.generation.meta import TestPhase
from schemathesis.generation.modes import GenerationMode


@schemathesis.hook
def before_call(_context: Any, case: Any, _arguments: Any) -> None:
    """Give each chained call that is allowed an idempotency key of its own.

    With one that was used before it gets the answer of before, and what that names may be gone since: schemathesis
    would take it for lost. Calls that are not chained use keys again.
    """
    is_chained = case.meta.phase.name is TestPhase.STATEFUL and case.meta.generation.mode is GenerationMode.POSITIVE
    if is_chained and "Idempotency-Key" in (case.headers or {}):
        case.headers["Idempotency-Key"] = secrets.token_hex(16)
