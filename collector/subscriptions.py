"""What the broker's session of ours is subscribed to, and what it should be.

Every SUBSCRIBE makes the broker send all retained messages below it again: only what is new is
asked for. The session is written down as its filters, a line each, once our echo has proven it.
"""

from dataclasses import dataclass

from collector.interpreter import Interpreter
from collector.mqtt import FILTER, Connection


@dataclass(slots=True)
class Subscriptions:
    """`known` is empty while nothing is proven."""

    interpreter: Interpreter
    known: frozenset[str] = frozenset()

    def remember(self, session: str) -> None:
        """What the session was subscribed to, as it was written down."""
        self.known = frozenset(session.split("\n")) - {""}
        self.interpreter.wanted |= {one for one in self.known if self.interpreter.owns(one)}

    @property
    def proven(self) -> bool:
        return FILTER in self.known

    @property
    def wanted(self) -> frozenset[str]:
        return frozenset({FILTER, *self.interpreter.filters})

    def ask_for_all(self, connection: Connection) -> None:
        """A new session, or one of which nothing is proven."""
        connection.change_filters(sorted(self.wanted), ())

    def ask_for_news(self, connection: Connection) -> bool:
        """The settings or a dialect want other topics than the session has; says whether."""
        more, fewer = self.wanted - self.known, self.known - self.wanted
        connection.change_filters(sorted(more), sorted(fewer))
        return bool(more or fewer)

    def prove(self) -> str:
        """Our echo came back: the broker has done all that was asked before. For the row."""
        self.known = self.wanted
        return "\n".join(sorted(self.known))
