"""What documents.py needs in the database, printed as JSON: documents, and sessions of those who may write in them."""

import json
import random
import sys

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from pycrdt import Doc, Text  # noqa: E402

from documents.models import Document, Grant, Right, Update  # noqa: E402
from documents.sync.log import compact  # noqa: E402
from people.models import Person  # noqa: E402

PEOPLE = 30
SESSIONS = 600
SEED = 12


def session_of(person: Person) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def edited(count: int) -> bytes:
    """A text of so many edits by twenty people: words typed and corrected here and there."""
    dice = random.Random(SEED)
    doc: Doc[Text] = Doc(client_id=1)
    doc.get("text", type=Text)
    done = 0
    for turn in range(20):
        mine: Doc[Text] = Doc(client_id=100 + turn)
        mine.apply_update(doc.get_update())
        text = mine.get("text", type=Text)
        while done < count * (turn + 1) // 20:
            at = dice.randrange(len(text) + 1)
            for letter in "mot ":
                text.insert(at, letter)
                at += 1
                done += 1
            if dice.random() < 0.2 and len(text) > 9:
                start = dice.randrange(len(text) - 4)
                del text[start : start + 1]
                done += 1
        doc.apply_update(mine.get_update(doc.get_state()))
    return doc.get_update()


def main() -> None:
    documents, edits = int(sys.argv[1]), int(sys.argv[2])
    people = [Person.objects.create(email=f"personne{n}@exemple.fr", name=f"Personne {n}") for n in range(PEOPLE)]
    made = [Document.objects.create(title=f"Document {n}", owner=people[0]) for n in range(documents)]
    long_one = Document.objects.create(title="Long", owner=people[0], last_seq=1)
    Update.objects.create(document=long_one, seq=1, data=edited(edits), author=people[0])
    compact(long_one.pk)
    Grant.objects.bulk_create(
        Grant(document=document, person=person, right=Right.EDITOR)
        for document in [*made, long_one]
        for person in people[1:]
    )
    sessions = [session_of(people[n % PEOPLE]) for n in range(SESSIONS)]
    print(json.dumps({"documents": [str(one.pk) for one in [*made, long_one]], "sessions": sessions}))


if __name__ == "__main__":
    main()
