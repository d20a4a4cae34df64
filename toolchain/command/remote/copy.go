package remote

import (
	"context"
	"fmt"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi-go-provider/infer/types"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"golang.org/x/crypto/ssh"
)

// CopyToRemote is a file that lies on the host. Deleting the resource leaves it there.
type CopyToRemote struct{}

// CopyToRemoteArgs are the inputs. A change of triggers replaces.
type CopyToRemoteArgs struct {
	Connection *Connection          `pulumi:"connection" provider:"secret"`
	Source     types.AssetOrArchive `pulumi:"source"`
	RemotePath string               `pulumi:"remotePath"`
	Triggers   *[]any               `pulumi:"triggers,optional" provider:"replaceOnChanges"`
}

// CopyToRemoteState is the inputs: there is nothing else to know.
type CopyToRemoteState struct {
	CopyToRemoteArgs
}

// Check refuses sources other than a file on this machine.
func (*CopyToRemote) Check(
	ctx context.Context, req infer.CheckRequest,
) (infer.CheckResponse[CopyToRemoteArgs], error) {
	args, failures, err := infer.DefaultCheck[CopyToRemoteArgs](ctx, req.NewInputs)
	if err == nil && len(failures) == 0 && (args.Source.Asset == nil || !args.Source.Asset.IsPath()) {
		failures = append(failures, p.CheckFailure{Property: "source", Reason: "must be a FileAsset"})
	}
	return infer.CheckResponse[CopyToRemoteArgs]{Inputs: args, Failures: failures}, err
}

// Create copies.
func (*CopyToRemote) Create(
	ctx context.Context, req infer.CreateRequest[CopyToRemoteArgs],
) (infer.CreateResponse[CopyToRemoteState], error) {
	response := infer.CreateResponse[CopyToRemoteState]{Output: CopyToRemoteState{req.Inputs}}
	if req.DryRun {
		return response, nil
	}
	id, err := resource.NewUniqueHex(req.Name, 8, 0)
	if err != nil {
		return response, err
	}
	response.ID = id
	return response, req.Inputs.copy(ctx)
}

// Update copies again when the content or its place changed: a new way to connect alone moves no file.
func (*CopyToRemote) Update(
	ctx context.Context, req infer.UpdateRequest[CopyToRemoteArgs, CopyToRemoteState],
) (infer.UpdateResponse[CopyToRemoteState], error) {
	response := infer.UpdateResponse[CopyToRemoteState]{Output: CopyToRemoteState{req.Inputs}}
	same := req.Inputs.Source.Asset.Hash == req.State.Source.Asset.Hash && req.Inputs.RemotePath == req.State.RemotePath
	if req.DryRun || same {
		return response, nil
	}
	return response, req.Inputs.copy(ctx)
}

func (a *CopyToRemoteArgs) copy(ctx context.Context) error {
	err := withSession(ctx, a.Connection, func(session *ssh.Session) error {
		files, err := sftpOver(session)
		if err != nil {
			return fmt.Errorf("no sftp: %w", err)
		}
		defer files.Close()
		return a.place(files)
	})
	if err != nil {
		return fmt.Errorf("copy to %s:%s: %w", a.Connection.Host, a.RemotePath, err)
	}
	return nil
}
