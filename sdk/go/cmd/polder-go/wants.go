package main

import (
	"go/token"
	"slices"
	"strings"
)

// want is a request: `//polder:wants storage READ VOLUME on VOLUME main.nyc.inbox: reads the day's file`.
type want struct {
	position                               token.Pos
	Interface, Privilege, Kind, On, Reason string
}

// The packages of the SDK that are interfaces of the host; those that need no word are not asked for.
var interfaces = []string{"catalog", "clock", "metrics", "query", "random", "secrets", "state", "storage"}

// wants are the requests of all files.
func (s *source) wants() ([]want, error) {
	var wants []want
	for _, file := range s.files {
		for _, group := range file.Comments {
			for _, line := range group.List {
				text, is := strings.CutPrefix(line.Text, "//polder:wants ")
				if !is {
					continue
				}
				want, ok := readWant(text)
				if !ok {
					return nil, s.fail(line.Pos(), "a request is `//polder:wants storage READ VOLUME on VOLUME: why`, or "+
						"`//polder:wants clock: why`")
				}
				want.position = line.Pos()
				wants = append(wants, want)
			}
		}
	}
	return wants, s.checkWants(wants)
}

func readWant(text string) (want, bool) {
	request, reason, told := strings.Cut(text, ":")
	name, rest, _ := strings.Cut(strings.TrimSpace(request), " ")
	want := want{Interface: name, Reason: strings.TrimSpace(reason)}
	if rest = strings.TrimSpace(rest); rest != "" {
		privilege, target, on := strings.Cut(rest, " on ")
		kind, name, _ := strings.Cut(strings.TrimSpace(target), " ")
		want.Privilege, want.Kind, want.On = strings.TrimSpace(privilege), kind, strings.TrimSpace(name)
		told = told && on && kind != ""
	}
	return want, told && name != "" && want.Reason != ""
}

// checkWants fails unless just those interfaces are asked for that are imported.
func (s *source) checkWants(wants []want) error {
	for _, name := range interfaces {
		asked := slices.ContainsFunc(wants, func(want want) bool { return want.Interface == name })
		if place, used := s.uses[sdk+"/"+name]; used && !asked {
			return s.failAt(place, "the import of %s/%s is not asked for; say why, in a line such as "+
				"`//polder:wants %[2]s …: reads the file that you name`", sdk, name)
		}
	}
	for _, want := range wants {
		switch _, used := s.uses[sdk+"/"+want.Interface]; {
		case !slices.Contains(interfaces, want.Interface):
			return s.fail(want.position, "there is no interface `%s`; there are: %s", want.Interface,
				strings.Join(interfaces, ", "))
		case !used:
			return s.fail(want.position, "`%s` is asked for, but nothing imports %s/%[1]s", want.Interface, sdk)
		}
	}
	return nil
}
