package remote

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/crypto/ssh"
)

// withSession connects to the host and gives work a session on it. When ctx is done, the connection is closed, which
// ends work too. What a command started on the host goes on there: sshd offers no way to end it that works for root.
func withSession(ctx context.Context, c *Connection, work func(*ssh.Session) error) error {
	client, err := c.Dial(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	defer context.AfterFunc(ctx, func() { client.Close() })()

	session, err := client.NewSession()
	if err == nil {
		err = work(session)
	}
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("the work on %s was stopped: %w", c.Host, over(ctx))
	}
	return err
}

// over says in words why ctx is done.
func over(ctx context.Context) error {
	if errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
		return errors.New("its time was up")
	}
	return errors.New("the operation was cancelled")
}
