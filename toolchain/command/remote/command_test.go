package remote

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi-go-provider/infer"
)

const secret = "not-to-be-shown"

func ref[T any](value T) *T { return &value }

func create(args CommandArgs) (CommandState, error) {
	response, err := (&Command{}).Create(context.Background(), infer.CreateRequest[CommandArgs]{Name: "x", Inputs: args})
	return response.Output, err
}

func update(old CommandState, args CommandArgs) (CommandState, error) {
	response, err := (&Command{}).Update(context.Background(), infer.UpdateRequest[CommandArgs, CommandState]{
		State: old, Inputs: args,
	})
	return response.Output, err
}

func TestCreateCapturesWhatTheScriptPrints(t *testing.T) {
	state, err := create(CommandArgs{
		Connection: startServer(t).connection(),
		Create:     ref(`cat; echo; echo blue; echo warning >&2`),
		Stdin:      ref("from stdin"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if state.Output != (Output{"from stdin\nblue", "warning"}) {
		t.Errorf("%#v", state.Output)
	}
}

func TestAFailureNamesHostStatusAndStderrOnly(t *testing.T) {
	_, err := create(CommandArgs{
		Connection: startServer(t).connection(),
		Create:     ref(`cat; echo ` + secret + `; echo the disk is full >&2; exit 3`),
		Stdin:      ref(secret),
	})
	expectError(t, err, "the command on 127.0.0.1 ended with exit status 3:\nthe disk is full")
	if strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "exit 3") {
		t.Errorf("%v shows what may be secret", err)
	}
}

func TestAScriptNeedNotReadItsStdin(t *testing.T) {
	_, err := create(CommandArgs{
		Connection: startServer(t).connection(), Create: ref("true"), Stdin: ref(strings.Repeat("x", 8<<20)),
	})
	expectError(t, err, "")
}

func TestUpdateRunsUpdateOrElseCreate(t *testing.T) {
	connection := startServer(t).connection()
	args := CommandArgs{
		Connection: connection, Create: ref("echo created"), Update: ref("echo updated"), AddPreviousOutputInEnv: ref(false),
	}
	state, err := create(args)
	expectError(t, err, "")
	state, err = update(state, args)
	expectError(t, err, "")
	if state.Stdout != "updated" {
		t.Errorf("update printed %q", state.Stdout)
	}
	args.Update = nil
	state, err = update(state, args)
	expectError(t, err, "")
	if state.Stdout != "created" {
		t.Errorf("update without a script of its own printed %q", state.Stdout)
	}
}

func TestAnEarlierOutputIsNotPassedOn(t *testing.T) {
	args := CommandArgs{Connection: startServer(t).connection(), Create: ref("echo 1")}
	state, err := create(args)
	expectError(t, err, "")
	_, err = update(state, args)
	expectError(t, err, "set addPreviousOutputInEnv to false")
}

func TestAPreviewStaysAtHome(t *testing.T) {
	s := startServer(t)
	args := CommandArgs{Connection: s.connection(), Create: ref("true")}
	_, err := (&Command{}).Create(context.Background(), infer.CreateRequest[CommandArgs]{Inputs: args, DryRun: true})
	expectError(t, err, "")
	_, err = (&Command{}).Update(context.Background(), infer.UpdateRequest[CommandArgs, CommandState]{
		Inputs: args, DryRun: true,
	})
	expectError(t, err, "")
	if s.dials.Load() != 0 {
		t.Error("a preview went to the host")
	}
}

func TestATimeoutEndsTheSession(t *testing.T) {
	args := CommandArgs{Connection: startServer(t).connection()}
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := args.run(ctx, ref("exec sleep 20"), Output{})
	expectError(t, err, "the work on 127.0.0.1 was stopped: its time was up")
	if time.Since(start) > 5*time.Second {
		t.Errorf("it took %v", time.Since(start))
	}
}
