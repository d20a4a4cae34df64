package remote

import (
	"context"
	"crypto/ed25519"
	"encoding/pem"
	"io"
	"net"
	"os/exec"
	"sync/atomic"
	"testing"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// server is an SSH server on loopback that really runs scripts, with what a test wants to know of it.
type server struct {
	port     float64
	hostKey  string
	userKey  string
	dials    atomic.Int32 // connections so far
	hangUp   atomic.Int32 // how many of the first connections are cut off
	sessions atomic.Int32
}

func startServer(t *testing.T) *server {
	t.Helper()
	hostSigner, _ := newKey(t)
	userSigner, userKey := newKey(t)
	config := &ssh.ServerConfig{
		PublicKeyCallback: func(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
			if string(key.Marshal()) != string(userSigner.PublicKey().Marshal()) {
				return nil, io.EOF
			}
			return nil, nil
		},
	}
	config.AddHostKey(hostSigner)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	s := &server{
		port:    float64(listener.Addr().(*net.TCPAddr).Port),
		hostKey: string(ssh.MarshalAuthorizedKey(hostSigner.PublicKey())),
		userKey: userKey,
	}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			if s.dials.Add(1) <= s.hangUp.Load() {
				conn.Close()
				continue
			}
			go s.serve(conn, config)
		}
	}()
	return s
}

func newKey(t *testing.T) (ssh.Signer, string) {
	t.Helper()
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	return signer, string(pem.EncodeToMemory(block))
}

func (s *server) connection() *Connection {
	limit := 3
	return &Connection{Endpoint: Endpoint{
		Host: "127.0.0.1", Port: &s.port, HostKey: &s.hostKey, PrivateKey: &s.userKey, DialErrorLimit: &limit,
	}}
}

func (s *server) serve(conn net.Conn, config *ssh.ServerConfig) {
	sshConn, channels, requests, err := ssh.NewServerConn(conn, config)
	if err != nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go ssh.DiscardRequests(requests)
	go func() { _ = sshConn.Wait(); cancel() }()
	for channel := range channels {
		switch channel.ChannelType() {
		case "session":
			s.sessions.Add(1)
			go session(ctx, channel)
		case "direct-tcpip":
			go forward(channel)
		}
	}
}

func session(ctx context.Context, request ssh.NewChannel) {
	channel, requests, err := request.Accept()
	if err != nil {
		return
	}
	for request := range requests {
		switch request.Type {
		case "exec":
			var script struct{ Text string }
			_ = ssh.Unmarshal(request.Payload, &script)
			_ = request.Reply(true, nil)
			go execute(ctx, channel, script.Text)
		case "subsystem":
			_ = request.Reply(true, nil)
			files, _ := sftp.NewServer(channel)
			go func() { _ = files.Serve(); channel.Close() }()
		}
	}
}

func execute(ctx context.Context, channel ssh.Channel, script string) {
	command := exec.CommandContext(ctx, "sh", "-c", script)
	command.Stdout, command.Stderr = channel, channel.Stderr()
	stdin, _ := command.StdinPipe()
	go func() { _, _ = io.Copy(stdin, channel); stdin.Close() }()
	_ = command.Run()
	status := struct{ Status uint32 }{uint32(command.ProcessState.ExitCode())}
	_, _ = channel.SendRequest("exit-status", false, ssh.Marshal(status))
	channel.Close()
}

func forward(request ssh.NewChannel) {
	var target struct {
		Host       string
		Port       uint32
		OriginHost string
		OriginPort uint32
	}
	_ = ssh.Unmarshal(request.ExtraData(), &target)
	conn, err := net.DialTCP("tcp", nil, &net.TCPAddr{IP: net.ParseIP(target.Host), Port: int(target.Port)})
	if err != nil {
		_ = request.Reject(ssh.ConnectionFailed, err.Error())
		return
	}
	channel, requests, err := request.Accept()
	if err != nil {
		return
	}
	go ssh.DiscardRequests(requests)
	go func() { _, _ = io.Copy(conn, channel); conn.Close() }()
	_, _ = io.Copy(channel, conn)
	channel.Close()
}
