package task

import (
	"encoding/json"
	"testing"
)

func TestPlainValuesAreThoseOfJSON(t *testing.T) {
	for _, text := range []string{
		`""`, `"a\"b\\c\/\n"`, `"\u00e4\ud83d\ude00"`, `"\ud83d"`, `"土"`, `"a`, `a"`, `"`, `"\x"`, `"\u12"`, `"a"b"`, "\"\n\"", `1`,
	} {
		var want string
		refused := json.Unmarshal([]byte(text), &want) != nil
		got, err := String[string](text)
		if refused != (err != nil) || !refused && got != want {
			t.Errorf("%s is %q (%v), not %q", text, got, err, want)
		}
	}
	for _, text := range []string{"0", "-1", "01", "-", "+1", "1.5", ".5", "1e3", "1e", "0x1", "Inf", "NaN", "1_0", "300", `"1"`, "{not"} {
		var small int8
		refused := json.Unmarshal([]byte(text), &small) != nil
		if got, err := Int[int8](text); refused != (err != nil) || !refused && got != small {
			t.Errorf("%s is %d (%v), not %d", text, got, err, small)
		}
		var number float64
		refused = json.Unmarshal([]byte(text), &number) != nil
		if got, err := Float[float64](text); refused != (err != nil) || !refused && got != number {
			t.Errorf("%s is %g (%v), not %g", text, got, err, number)
		}
	}
	for _, text := range []string{"", "a\"\\\n\x00", "ä土😀", "\xff"} {
		encoded, _ := EncodeString(text)
		var back string
		if err := json.Unmarshal([]byte(encoded), &back); err != nil || back != string([]rune(text)) {
			t.Errorf("%q is %s: %v", text, encoded, err)
		}
	}
}

func TestParameters(t *testing.T) {
	inputs := Read([][2]string{{"a", " 1 "}, {"b", "null"}}, "a", "b", "c")
	if Required(inputs, "a", Int[int]) != 1 || Optional(inputs, "b", Int[int]) != nil || inputs.Err() != nil {
		t.Error(inputs.Err())
	}
	for _, wrong := range []*Inputs{
		Read([][2]string{{"d", "1"}}, "a"),
		Read([][2]string{{"a", "{not JSON"}}, "a"),
		Read(nil, "a"),
	} {
		Required(wrong, "a", String[string])
		if wrong.Err() == nil {
			t.Error("it is taken")
		}
	}
}
