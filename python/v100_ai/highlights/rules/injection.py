"""Sentences meant for the machine that listens instead of the people who do: nothing is noted of them."""

import re

_MACHINE = r"(?:transcri(?:ption|ber|pt)|assistant|note ?taker|meeting bot|bot|a\.?i\.?|language model|llm|model|chatbot|software|summari[sz]er|recorder|copilot|claude|gpt|chatgpt|gemini)"
_ORDER = r"(?:ignore|disregard|forget|override|bypass|mark|record|output|print|set|assign|delete|remove|add|write|create|log|note|insert|reveal|repeat|execute|change|register|treat|return|respond|act)"
_COMMANDS = re.compile(
    rf"\b(?:ignore|disregard|forget|override|bypass) (?:all|any|every|the|your|these|those|previous|prior|earlier|what|everything)(?: \w+){{0,3}} (?:instructions?|rules?|prompts?|commands?|told|guidelines)\b"
    rf"|^\W*(?:system|assistant|ai|bot|admin|developer|root|user|computer)\s*(?::|,|-|>)"
    rf"|^\W*(?:system|assistant|computer) {_ORDER}\b"
    rf"|\b(?:note|message|instruction|attention|reminder|memo|hey|hello|dear|okay|calling) (?:to |for )?(?:the |our |this )?(?:\w+ )?{_MACHINE}\b"
    rf"|\b{_MACHINE}(?: software| tool| system| app)?\b,? (?:please )?{_ORDER}\b"
    rf"|\b(?:system prompt|new instructions?:|begin instructions?|end of transcript|jailbreak|developer mode)"
    rf"|\b{_ORDER} (?:(?:all|every|the|an?|this|that|each|any) )*(?:\w+ )?(?:action items?|decisions?|highlights?|owners?|assignees?|open questions?) (?:for|as|to|with|that|of|from)\b",
    re.IGNORECASE,
)


def commands(text: str) -> bool:
    """Whether a sentence gives orders to the listening machine."""
    return bool(_COMMANDS.search(text.replace("\u2019", "'")))
