package remote

import (
	"context"
	"fmt"
	"net"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"golang.org/x/crypto/ssh"
)

const (
	firstWait   = 100 * time.Millisecond
	longestWait = 5 * time.Second
)

type dialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// Dial connects to the host, by way of its bastion if it has one, and tries again while it is not there.
func (c *Connection) Dial(ctx context.Context) (*ssh.Client, error) {
	if c.Proxy == nil {
		return c.connect(ctx, new(net.Dialer).DialContext)
	}
	bastion, err := c.Proxy.connect(ctx, new(net.Dialer).DialContext)
	if err != nil {
		return nil, fmt.Errorf("proxy: %w", err)
	}
	client, err := c.connect(ctx, bastion.DialContext)
	if err != nil {
		bastion.Close()
		return nil, err
	}
	go func() {
		_ = client.Wait()
		bastion.Close()
	}()
	return client, nil
}

// connect retries every failure, a refused key too: a machine that is still being set up may refuse it today.
func (e *Endpoint) connect(ctx context.Context, dial dialFunc) (*ssh.Client, error) {
	config, err := e.clientConfig()
	if err != nil {
		return nil, err
	}
	limit := or(e.DialErrorLimit, defaultDialErrorLimit)
	wait := firstWait
	for failures := 1; ; failures++ {
		client, err := e.attempt(ctx, dial, config)
		if err == nil {
			return client, nil
		}
		if limit >= 0 && failures > limit {
			return nil, fmt.Errorf("no SSH connection to %s after %d attempts: %w", e.address(), failures, err)
		}
		p.GetLogger(ctx).InfoStatusf("waiting for SSH on %s (attempt %d)", e.address(), failures)
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("gave up on SSH to %s: %w; the last attempt: %w", e.address(), over(ctx), err)
		case <-time.After(wait):
			wait = min(wait*3/2, longestWait)
		}
	}
}

// attempt makes one connection. Its time covers the handshake as well: a host that accepts and then stays silent
// would otherwise hold the resource for ever.
func (e *Endpoint) attempt(ctx context.Context, dial dialFunc, config *ssh.ClientConfig) (*ssh.Client, error) {
	if timeout := e.perDialTimeout(); timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	conn, err := dial(ctx, "tcp", e.address())
	if err != nil {
		return nil, err
	}
	// Closing is the one way to end a handshake early: a connection through a bastion knows no deadlines.
	keep := context.AfterFunc(ctx, func() { conn.Close() })
	sshConn, channels, requests, err := ssh.NewClientConn(conn, e.address(), config)
	if !keep() {
		err = over(ctx)
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return ssh.NewClient(sshConn, channels, requests), nil
}
