"""Events as the log gives them."""

from v100_ai.records import Stored


def event(seq: int, session: str = "mtg_a", epoch: int = 1) -> Stored:
    return Stored(
        id=f"evt_{session}_{seq}",
        type="e",
        time=1.5,
        session=session,
        seq=seq,
        epoch=epoch,
        body=f'{{"seq":{seq}}}\n'.encode(),
    )
