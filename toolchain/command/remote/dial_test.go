package remote

import (
	"context"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

func TestDialChecksTheHostKey(t *testing.T) {
	s := startServer(t)
	other, _ := newKey(t)
	otherKey := string(ssh.MarshalAuthorizedKey(other.PublicKey()))
	for name, test := range map[string]struct{ key, complaint string }{
		"the pinned one":  {s.hostKey, ""},
		"another one":     {otherKey, "host key mismatch"},
		"not a key":       {"secret", "is not a public key"},
		"none, unchecked": {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			connection := s.connection()
			connection.HostKey = &test.key
			*connection.DialErrorLimit = 0
			client, err := connection.Dial(context.Background())
			if client != nil {
				client.Close()
			}
			expectError(t, err, test.complaint)
		})
	}
}

func TestDialTriesAgain(t *testing.T) {
	s := startServer(t)
	s.hangUp.Store(2)
	client, err := s.connection().Dial(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	client.Close()
	if s.dials.Load() != 3 {
		t.Errorf("%d connections for two that fail and one that works", s.dials.Load())
	}
}

func TestDialGivesUpAtItsLimit(t *testing.T) {
	s := startServer(t)
	s.hangUp.Store(100)
	connection := s.connection()
	*connection.DialErrorLimit = 1
	_, err := connection.Dial(context.Background())
	expectError(t, err, "no SSH connection to 127.0.0.1:")
	expectError(t, err, "after 2 attempts")
}

func TestDialWithoutLimitEndsWithItsContext(t *testing.T) {
	s := startServer(t)
	s.hangUp.Store(100)
	connection := s.connection()
	*connection.DialErrorLimit = -1
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	_, err := connection.Dial(ctx)
	expectError(t, err, "its time was up")
}

func TestDialGoesThroughABastion(t *testing.T) {
	bastion, host := startServer(t), startServer(t)
	connection := host.connection()
	connection.Proxy = &ProxyConnection{bastion.connection().Endpoint}
	client, err := connection.Dial(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	client.Close()
	if bastion.dials.Load() != 1 || host.dials.Load() != 1 {
		t.Errorf("%d connections to the bastion, %d to the host", bastion.dials.Load(), host.dials.Load())
	}
}

func expectError(t *testing.T, err error, complaint string) {
	t.Helper()
	switch {
	case complaint == "" && err != nil:
		t.Errorf("unexpected: %v", err)
	case complaint != "" && (err == nil || !strings.Contains(err.Error(), complaint)):
		t.Errorf("%v does not say %q", err, complaint)
	}
}
