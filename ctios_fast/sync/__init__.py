"""The object model without await, for scripts, Flask, Celery and whatever else works in threads.

::

    from ctios_fast.sync import Agent, Session

    with Session(client_id="job") as session:
        session.connect(ctios_a="cg-a.example", ctios_b="cg-b.example")
        session.set_agent(Agent("1001", 5000, agent_instrument="3001"))
        session.current_agent.login()

The names are those of ``ctios_fast``. All sessions share one event loop in a thread of its own. A method
returns when the server has answered, and any thread may call it. Listeners run in the thread of the loop.
There, what waits raises ``MethodError``, and everything else can be used.
"""

from .facade import Agent, Call, EventStream, Session, SkillGroup

__all__ = ["Agent", "Call", "EventStream", "Session", "SkillGroup"]
