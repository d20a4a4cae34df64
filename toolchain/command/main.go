// Command pulumi-resource-command is an offline plugin for the part of Pulumi's "command" package that this
// project uses: remote.Command and remote.CopyToRemote of files, with a private key as the way in. It carries the
// name, the version and the property names of the official plugin, and marks the same values as secrets, so that a
// program and its state move between the two. An input that it does not know is refused, not ignored.
package main

import (
	"context"
	"fmt"
	"os"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"servicechain-ha/toolchain/command/remote"
)

const (
	name = "command"
	// The engine asks for the version that the Python SDK names.
	version = "1.2.1"
)

func main() {
	provider, err := newProvider()
	if err == nil {
		err = provider.Run(context.Background(), name, version)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func newProvider() (p.Provider, error) {
	provider, err := infer.NewProviderBuilder().
		WithDescription("Offline subset of the command package: commands and copies over SSH.").
		WithResources(infer.Resource(&remote.Command{}), infer.Resource(&remote.CopyToRemote{})).
		Build()
	provider.Diff = withoutMarks(provider.Diff)
	return provider, err
}
