"""A prompt is cut into shots where its text shows them, and nothing of it is lost."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.reports import clean_text
from components.storyboard.reading import Unreadable
from components.storyboard.sentences import sentences
from components.storyboard.splitting import split
from components.storyboard.storyboard import MOST_CHARACTERS, MOST_SHOTS, Budget

BUDGET = Budget(totals=tuple(range(3, 16)), lengths=tuple(range(1, 16)))
UNLIMITED = Budget()
FIXED = Budget(totals=(5, 10), lengths=(5, 10))


def texts(prompt: str, budget: Budget = UNLIMITED) -> list[str]:
    return [shot.text for shot in split(prompt, budget).shots]


@pytest.mark.parametrize(
    "prompt",
    [
        "1. A fox\n2. A hen",
        "1) A fox\n\n2) A hen\n",
        "(1) A fox\n(2) A hen",
        "1) A fox 2) A hen",
        "1. A fox\n2. A hen\n3.",
        "Shot 1: A fox\nShot 2: A hen",
        "SHOT 1 - A fox\n\nSHOT 2 - A hen",
        "Scene #1. A fox\nscene #2. A hen",
        "**Shot 1:** A fox\n**Shot 2:** A hen",
        "**Shot 1** A fox\n**Shot 2** A hen",
        "### Scene 1\nA fox\n### Scene 2\nA hen",
        "[Shot 1] A fox [Shot 2] A hen",
        "1. Shot 1: A fox\n2. Shot 2: A hen",
        "- Clip 1 — A fox\n- Clip 2 — A hen",
        "Einstellung 1: A fox\nEinstellung 2: A hen",
        "镜头1：A fox\n镜头2：A hen",
        "- A fox\n- A hen",
        "• A fox\n• A hen",
        "A fox\nCut to: A hen",
        "A fox\n\nCUT TO:\n\nA hen",
        "A fox\nSmash cut to A hen",
        "A fox\nA hen",
        "A fox\r\n\r\n\r\nA hen\r\n",
    ],
)
def test_shots_are_seen_in_many_wordings(prompt: str) -> None:
    assert texts(prompt) == ["A fox", "A hen"]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("", []),
        (" \n", []),
        ("A fox", ["A fox"]),
        ("1. A fox", ["A fox"]),
        ("Shot 1: a fox. Shot 2: a hen.", ["a fox.", "a hen."]),
        # What goes for all shots stays with the first.
        ("Film noir:\n1. A fox\n2. A hen", ["Film noir:\nA fox", "A hen"]),
        ("Film noir.\n\nShot 1: A fox\nShot 2: A hen", ["Film noir.\nA fox", "A hen"]),
        # A heading is none within a sentence, nor is a number.
        ("It looks as in shot 1: red. It runs.", ["It looks as in shot 1: red.", "It runs."]),
        ("It has 2. Or 3 legs", ["It has 2. Or 3 legs"]),
        # Lists within shots stay.
        ("Shot 1: A fox\n- red\n- quick\nShot 2: A hen", ["A fox\n- red\n- quick", "A hen"]),
        ("1. A fox\n   - red\n2. A hen", ["A fox\n   - red", "A hen"]),
        ("A fox runs. Then we cut to its face. Cut to black.", ["A fox runs.", "its face.", "black."]),
        # Lines that are wrapped.
        ("A fox\nruns.\n\nA hen\nsits.", ["A fox\nruns.", "A hen\nsits."]),
        ("Shot 1: *slowly* a fox\nShot 2: a hen", ["*slowly* a fox", "a hen"]),
    ],
)
def test_what_a_shot_is_made_of(prompt: str, expected: list[str]) -> None:
    assert texts(prompt) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A fox runs. It stops! Why? No one knows.", ["A fox runs.", "It stops!", "Why?", "No one knows."]),
        ("Dr. Fox and Mr. Hen, e.g. Both run.", ["Dr. Fox and Mr. Hen, e.g. Both run."]),
        ("J. R. Fox runs. He is 2.5 m long.", ["J. R. Fox runs.", "He is 2.5 m long."]),
        ("Am 3. Mai. Ein Fuchs läuft, z.B. Reineke.", ["Am 3. Mai.", "Ein Fuchs läuft, z.B. Reineke."]),
        (
            "It waits... and runs. It waits… Then it runs.",
            ["It waits... and runs.", "It waits…", "Then it runs."],
        ),
        ('"Stop! Go home," it says. "Why?" She runs.', ['"Stop! Go home," it says.', '"Why?"', "She runs."]),
        ("“Wait. Now.” It runs (fast. Very). End", ["“Wait. Now.”", "It runs (fast. Very).", "End"]),
        ("狐狸在跑。它停下来！“走。走！”他说。", ["狐狸在跑。", "它停下来！", "“走。走！”", "他说。"]),
        ("キツネが走る。止まる。", ["キツネが走る。", "止まる。"]),
        ("ثعلب يجري. يتوقف؟ نعم", ["ثعلب يجري.", "يتوقف؟", "نعم"]),
        ("See www.example.com/a.b for v1.2.", ["See www.example.com/a.b for v1.2."]),
        (".", ["."]),
        ("", []),
    ],
)
def test_sentences_end_where_people_end_them(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize(
    ("prompt", "budget", "seconds"),
    [
        # The longest video, shared.
        ("One. Two.", BUDGET, [8, 7]),
        ("One. Two. Three. Four.", BUDGET, [4, 4, 4, 3]),
        ("One", BUDGET, [15]),
        ("One. Two.", FIXED, [5, 5]),
        ("One", FIXED, [10]),
        ("One. Two.", UNLIMITED, [5, 5]),
        ("One. Two.", Budget(totals=(30,), lengths=(3, 7)), [7, 7]),
        # What is said, and what that leaves.
        ("A fox, 3 seconds. A hen, 2 s. A cat.", BUDGET, [3, 2, 10]),
        ("A fox, 3 seconds. A hen, 2.5 s.", BUDGET, [3, 12]),
        ("A fox, 14 seconds. A hen, 9 s. A cat.", BUDGET, [14, 9, 1]),
        ("Shot 1 (3 s): A fox\nShot 2 (4 seconds) - A hen, 9 s.", BUDGET, [3, 4]),
        ("Shot 1, 3s: A fox\nShot 2: 4 s: A hen", BUDGET, [3, 4]),
        ("[Shot 1, 0:00-0:03] A fox\n[Shot 2, 0:03-0:07] A hen", BUDGET, [3, 4]),
        ("**Shot 1 (0-3s):** A fox\n**Shot 2 (3–7 s):** A hen", BUDGET, [3, 4]),
        ("[0:00-0:03] A fox\n[0:03 – 0:07] A hen", BUDGET, [3, 4]),
        ("0-3s: A fox\n3-7s: A hen", BUDGET, [3, 4]),
        ("Shot 1 (7-3 s): A fox\nShot 2 (0 s): A hen", BUDGET, [8, 7]),
    ],
)
def test_lengths_are_those_that_are_said_and_the_rest_is_shared(
    prompt: str, budget: Budget, seconds: list[int]
) -> None:
    assert [shot.seconds for shot in split(prompt, budget).shots] == seconds


def test_neighbours_become_one_where_the_model_takes_fewer() -> None:
    prompt = "1. A\n2. B\n3. C\n4. D\n5. E"
    assert texts(prompt, Budget(most_shots=2)) == ["A B", "C D E"]
    assert texts("A。B。C。", Budget(most_shots=1)) == ["A。B。C。"]
    assert texts("1. A\n- a\n2. B", Budget(most_shots=1)) == ["A\n- a\nB"]
    assert texts(prompt, FIXED) == ["A B", "C D E"]
    assert len(texts("\n".join(f"{n}. thing" for n in range(300)))) == MOST_SHOTS


def test_what_became_one_is_as_long_as_its_parts() -> None:
    board = split("1. A, 1 s\n2. B, 2 s\n3. C, 3 s\n4. D", Budget(totals=(10,), most_shots=2))
    assert [shot.seconds for shot in board.shots] == [3, 7]


def test_a_prompt_that_no_board_holds_is_refused() -> None:
    with pytest.raises(
        Unreadable, match=r"^This prompt has 200,001 characters; a storyboard has at most 200,000\.$"
    ):
        split("a" * (MOST_CHARACTERS + 1), BUDGET)


PLAIN = st.text(
    st.sampled_from("aB zé狐。．.!?…“”\"'()，,;:\n\t \u00a0/")
    | st.characters(categories=["L", "Zs", "Po", "Cc"]),
    max_size=120,
).map(lambda text: text.replace("\u2022", "").replace("#", ""))
BUDGETS = st.sampled_from([BUDGET, FIXED, UNLIMITED, Budget(most_shots=1), Budget(totals=(4,), lengths=(2,))])


@given(PLAIN, BUDGETS)
def test_without_marks_not_a_letter_is_lost(prompt: str, budget: Budget) -> None:
    board = split(prompt, budget)
    prompt = clean_text(prompt)
    assert "".join("".join(texts(prompt, budget)).split()) == "".join(prompt.split())
    assert len(board.shots) <= (budget.most_shots or MOST_SHOTS)
    assert budget.longest is None or board.seconds <= budget.longest
    assert all(shot.seconds in budget.lengths and shot.text.strip() for shot in board.shots)


MARKS = ["1. ", "2) ", "- ", "* ", "Shot 1: ", "**Scene 2** ", "[0:00-0:03] ", "Cut to: ", "\n\n", " "]
BESIDE = [
    "",
    " ",
    ". ",
    "。",
    "! ",
    " (red) ",
    ' "Stop!" ',
    " 2.5 ",
    " shot 2.5 ",
    "- ",
    " cut to ",
    " Mr. ",
    ", 3 s. ",
]


@given(
    st.lists(
        st.tuples(st.sampled_from(MARKS), st.lists(st.sampled_from(BESIDE), min_size=1, max_size=5)),
        max_size=8,
    ),
    BUDGETS,
)
def test_of_what_is_marked_only_marks_are_lost(parts: list[tuple[str, list[str]]], budget: Budget) -> None:
    lines = [
        mark + "".join(f"word{n}x{k}{beside}" for k, beside in enumerate(besides))
        for n, (mark, besides) in enumerate(parts)
    ]
    prompt = "\n".join(lines)
    words = re.compile(r"word\d+x\d+|red|Stop|Mr")
    assert words.findall("\n".join(texts(prompt, budget))) == words.findall(prompt)


def test_splitting_takes_no_longer_than_the_text_is_long() -> None:
    begun = time.process_time()
    for part in (
        "a",
        ".",
        "a. ",
        "“",
        '"',
        "(",
        "\n",
        "1. ",
        "1)",
        "- ",
        "*",
        "[Shot 1",
        "cut to",
        "then then ",
        "0:00-",
        " ",
        "。",
    ):
        split(part * (20_000 // len(part)), BUDGET)
    assert time.process_time() - begun < 10
