package remote

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/ssh"
)

// shownLines is how much of a failed script's stderr goes into the error.
const shownLines = 20

// run runs a script on the host and captures what it prints. No script is no work.
func (a *CommandArgs) run(ctx context.Context, script *string, previous Output) (Output, error) {
	if script == nil {
		return previous, nil
	}
	if or(a.AddPreviousOutputInEnv, true) && previous != (Output{}) {
		return Output{}, errors.New("this plugin passes no earlier output on: set addPreviousOutputInEnv to false")
	}
	var stdout, stderr bytes.Buffer
	err := withSession(ctx, a.Connection, func(session *ssh.Session) error {
		var shownOut, shownErr io.Closer
		session.Stdout, shownOut = capture(ctx, &stdout, a.Logging.stdout())
		defer shownOut.Close()
		session.Stderr, shownErr = capture(ctx, &stderr, a.Logging.stderr())
		defer shownErr.Close()
		if err := feed(session, or(a.Stdin, "")); err != nil {
			return err
		}
		return a.explain(session.Run(*script), &stderr)
	})
	if err != nil {
		return Output{}, err
	}
	return Output{strings.TrimSuffix(stdout.String(), "\n"), strings.TrimSuffix(stderr.String(), "\n")}, nil
}

// feed writes stdin on the side. A script that ends without reading all of it is no failure, which is why this is
// not left to session.Stdin.
func feed(session *ssh.Session, text string) error {
	pipe, err := session.StdinPipe()
	if err != nil {
		return err
	}
	go func() {
		_, _ = io.WriteString(pipe, text)
		pipe.Close()
	}()
	return nil
}

// explain names the host, how the script ended and what it complained of. The script and its stdin stay out: they
// may hold secrets.
func (a *CommandArgs) explain(err error, stderr *bytes.Buffer) error {
	host := a.Connection.Host
	var exit *ssh.ExitError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &exit):
		return fmt.Errorf("the connection to %s broke while the command ran: %w", host, err)
	case exit.Signal() != "":
		return fmt.Errorf("the command on %s was ended by signal %s%s", host, exit.Signal(), tail(stderr.String()))
	default:
		return fmt.Errorf("the command on %s ended with exit status %d%s", host, exit.ExitStatus(), tail(stderr.String()))
	}
}

func tail(text string) string {
	text = strings.TrimSpace(text)
	if text == "" {
		return " and said nothing on stderr"
	}
	lines := strings.Split(text, "\n")
	return ":\n" + strings.Join(lines[max(0, len(lines)-shownLines):], "\n")
}
