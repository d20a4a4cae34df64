// Package remote holds the resources that act on a host over SSH.
package remote

import (
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/pulumi/pulumi-go-provider/infer"
	"golang.org/x/crypto/ssh"
)

const (
	defaultPort           = 22
	defaultUser           = "root"
	defaultDialErrorLimit = 10
	defaultPerDialTimeout = 15
)

// Endpoint is one SSH server and the way in.
type Endpoint struct {
	Host           string   `pulumi:"host"`
	Port           *float64 `pulumi:"port,optional"`
	User           *string  `pulumi:"user,optional"`
	PrivateKey     *string  `pulumi:"privateKey,optional" provider:"secret"`
	HostKey        *string  `pulumi:"hostKey,optional"`
	DialErrorLimit *int     `pulumi:"dialErrorLimit,optional"`
	PerDialTimeout *int     `pulumi:"perDialTimeout,optional"`
}

// ProxyConnection is a bastion on the way to the host.
type ProxyConnection struct {
	Endpoint
}

// Connection is the host, reached directly or through a bastion.
type Connection struct {
	Endpoint
	Proxy *ProxyConnection `pulumi:"proxy,optional"`
}

// Annotate sets the defaults, which are those of the official plugin.
func (e *Endpoint) Annotate(a infer.Annotator) {
	a.SetDefault(&e.Port, defaultPort)
	a.SetDefault(&e.User, defaultUser)
	a.SetDefault(&e.DialErrorLimit, defaultDialErrorLimit)
	a.SetDefault(&e.PerDialTimeout, defaultPerDialTimeout)
	a.Describe(&e.HostKey, "The host's public key as one line of an authorized_keys file; unchecked when absent.")
	a.Describe(&e.DialErrorLimit, "How many attempts to connect may fail before giving up; -1 for no limit.")
	a.Describe(&e.PerDialTimeout, "Seconds for one attempt to connect; 0 for no limit.")
}

func (e *Endpoint) address() string {
	return net.JoinHostPort(e.Host, strconv.Itoa(int(or(e.Port, defaultPort))))
}

func (e *Endpoint) perDialTimeout() time.Duration {
	return time.Duration(or(e.PerDialTimeout, defaultPerDialTimeout)) * time.Second
}

// clientConfig needs no network, so that a mistake in it is not retried.
func (e *Endpoint) clientConfig() (*ssh.ClientConfig, error) {
	config := &ssh.ClientConfig{
		User:            or(e.User, defaultUser),
		HostKeyCallback: ssh.InsecureIgnoreHostKey(),
	}
	if key := or(e.HostKey, ""); key != "" {
		public, _, _, _, err := ssh.ParseAuthorizedKey([]byte(key))
		if err != nil {
			return nil, fmt.Errorf("the hostKey given for %s is not a public key: %w", e.Host, err)
		}
		config.HostKeyCallback = ssh.FixedHostKey(public)
		// A server with keys of several types would otherwise be free to show another one than the pinned.
		config.HostKeyAlgorithms = algorithmsOf(public)
	}
	if e.PrivateKey != nil {
		signer, err := ssh.ParsePrivateKey([]byte(*e.PrivateKey))
		if err != nil {
			return nil, fmt.Errorf("the privateKey given for %s cannot be read: %w", e.Host, err)
		}
		config.Auth = append(config.Auth, ssh.PublicKeys(signer))
	}
	return config, nil
}

// algorithmsOf lists the signatures that prove possession of key: an RSA key has more than one.
func algorithmsOf(key ssh.PublicKey) []string {
	if key.Type() == ssh.KeyAlgoRSA {
		return []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256}
	}
	return []string{key.Type()}
}

func or[T any](value *T, otherwise T) T {
	if value == nil {
		return otherwise
	}
	return *value
}
