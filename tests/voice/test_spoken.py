import pytest

from voice.spoken import spoken


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Llama al 112 ahora.", "Llama al, uno uno dos, uno uno dos, ahora."),
        ("Llama al 988 y marca 2.", "Llama al, nueve ocho ocho, nueve ocho ocho, y marca dos."),
        (
            "Hielo de 15 a 20 minutos, 5-10 veces, 8/10",
            "Hielo de 15 a 20 minutos, cinco a 10 veces, ocho de 10",
        ),
        ("Abierto 24/7, 100 kg y 20 min", "Abierto veinticuatro siete, 100 kilos y 20 minutos"),
    ],
)
def test_figures_are_said_in_the_language(text: str, said: str) -> None:
    assert spoken(text, "es") == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Call 911 now.", "Call, nine one one, nine one one, now."),
        ("Call 911. I repeat: 911.", "Call, nine one one. I repeat: nine one one."),
        ("(911)", "(nine one one, nine one one)"),
        ("Call 116 123.", "Call, one one six, one two three; one one six, one two three."),
        ("Call 13 11 14.", "Call, one three, one one, one four; one three, one one, one four."),
        ("Call 1737\nnow", "Call, one seven three seven, one seven three seven, now"),
        ("Ice for 15 to 20 minutes.", "Ice for fifteen to twenty minutes."),
        ("Wait 5-10 minutes", "Wait five to ten minutes"),
        ("From 0 (none) to 10", "From zero (none) to ten"),
        ("8/10, or 42", "eight out of ten, or forty two"),
        ("Lift 100 kg, not 120 kilos", "Lift 100 kilos, not 120 kilos"),
        ("15-20 min, 225lbs, 120 cm", "fifteen to twenty minutes, 225 pounds, 120 centimeters"),
        ("Open 24/7: call 911.", "Open twenty four seven: call, nine one one, nine one one."),
        ("2.5 m at 10:30, the 1st", "2.5 m at 10:30, the 1st"),
        ("  No figures\n here ", "No figures here"),
        ("", ""),
    ],
)
def test_figures_are_made_speakable(text: str, said: str) -> None:
    assert spoken(text) == said
