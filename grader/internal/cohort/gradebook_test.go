package cohort

import (
	"os"
	"testing"

	"lockstep/grader/internal/judge"
)

// TestGradebook wants the very tables that platforms import: who is graded, by the
// platform's number where there is one, with nothing in them that a spreadsheet runs, and
// no point less for what a machine could not check.
func TestGradebook(t *testing.T) {
	var b Book
	b.Header = header()
	b.Header.People = []Person{
		{ID: "s1", Name: "=cmd|' /C calc'!A0", Email: "ada@example.org", LMS: "4711", Section: "A"},
		{ID: "s2", Name: "Bob, jr;@x", Group: "g"}, {ID: "s3", Name: "Eve"}, {ID: "s4"},
	}
	b.Header.Roster = []string{"s1", "s2", "s3", "s4", "stray"}
	half := line("s2", "01", 1, judge.Fail, 1)
	half.Number = "77" // of the member who handed in
	b.Add(half)
	unsure := line("s2", "02", 0, judge.NotChecked, 1)
	unsure.Result.Max, unsure.Result.NotChecked = 0, 2
	b.Add(unsure)
	for _, l := range []Line{line("s1", "01", 2, judge.Pass, 1), line("s1", "02", 1, judge.Fail, 1), line("s3", "01", 2, judge.Pass, 1), line("stray", "01", 2, judge.Pass, 1), line("stray", "02", 2, judge.Pass, 1)} {
		b.Add(l)
	}
	for _, id := range []string{"01", "02"} {
		l := line("s4", id, 2, judge.Pass, 1)
		l.Number = "12"
		b.Add(l)
	}
	for form, want := range map[string]string{
		"canvas": "Student,ID,SIS User ID,SIS Login ID,Section,HW (9)\n\"    Points Possible\",,,,,4\n" +
			"'=cmd|' /C calc'!A0,4711,s1,,A,3\n\"Bob, jr;'@x\",,s2,,,2\ns4,12,s4,,,4\n",
		"moodle": "Identifier,Full name,ID number,Email address,Grade,Maximum Grade,Last modified (grade)\n" +
			"Participant 4711,'=cmd|' /C calc'!A0,s1,ada@example.org,3,4,-\n,\"Bob, jr;'@x\",s2,,2,4,-\nParticipant 12,s4,s4,,4,4,-\n",
		"csv": "id,name,email,lms_id,section,group,HW (9),possible\n" +
			"s1,'=cmd|' /C calc'!A0,ada@example.org,4711,A,,3,4\ns2,\"Bob, jr;'@x\",,,,g,2,4\ns4,s4,,12,,,4,4\n",
	} {
		name, left, err := b.WriteGradebook(t.TempDir(), Gradebook{form, "HW (9)"})
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(name)
		if err != nil || string(text) != "\ufeff"+want {
			t.Errorf("%s: %v\n%s\nwant\n%s", form, err, text, want)
		}
		if len(left) != 2 || left[0] != "left out s3: not graded" || left[1] != "left out stray: nobody's on the roster" {
			t.Errorf("left out: %q", left)
		}
	}
	if err := (Gradebook{Form: "excel"}).Check(); err == nil {
		t.Error("there is a gradebook of an unknown form")
	}
}
