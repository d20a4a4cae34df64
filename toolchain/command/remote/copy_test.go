package remote

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi-go-provider/infer/types"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

func fileAsset(t *testing.T, path string) types.AssetOrArchive {
	t.Helper()
	asset, err := resource.NewPathAsset(path)
	if err != nil {
		t.Fatal(err)
	}
	return types.AssetOrArchive{Asset: asset}
}

func putFile(t *testing.T, path, content string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func expectFile(t *testing.T, path, content string) {
	t.Helper()
	if found, err := os.ReadFile(path); err != nil || string(found) != content {
		t.Errorf("%s holds %q, not %q (%v)", path, found, content, err)
	}
}

func TestCopyPlacesAFile(t *testing.T) {
	here, there := t.TempDir(), t.TempDir()
	long, short := putFile(t, filepath.Join(here, "long"), "a long content"), putFile(t, filepath.Join(here, "short"), "short")
	connection := startServer(t).connection()
	for _, test := range []struct{ source, to, at, what string }{
		{long, "renamed", "renamed", "a long content"},
		{short, "renamed", "renamed", "short"},
		{long, "", "long", "a long content"},
	} {
		args := CopyToRemoteArgs{
			Connection: connection, Source: fileAsset(t, test.source), RemotePath: filepath.Join(there, test.to),
		}
		if err := args.copy(context.Background()); err != nil {
			t.Error(err)
			continue
		}
		expectFile(t, filepath.Join(there, test.at), test.what)
	}
}

func TestCopySaysWhatItCouldNotWrite(t *testing.T) {
	args := CopyToRemoteArgs{
		Connection: startServer(t).connection(),
		Source:     fileAsset(t, putFile(t, filepath.Join(t.TempDir(), "file"), "x")),
		RemotePath: "/nowhere/at/all",
	}
	expectError(t, args.copy(context.Background()), "copy to 127.0.0.1:/nowhere/at/all: ")
}

func TestUpdateCopiesOnlyWhatChanged(t *testing.T) {
	s := startServer(t)
	here, path := t.TempDir(), filepath.Join(t.TempDir(), "target")
	one, two := putFile(t, filepath.Join(here, "one"), "one"), putFile(t, filepath.Join(here, "two"), "two")
	args := CopyToRemoteArgs{Connection: s.connection(), Source: fileAsset(t, one), RemotePath: path}
	state := CopyToRemoteState{args}
	for _, test := range []struct {
		source   string
		path     string
		sessions int32
	}{
		{one, path, 0},
		{two, path, 1},
		{two, path + "-moved", 2},
		{two, path + "-moved", 2},
	} {
		args.Source, args.RemotePath = fileAsset(t, test.source), test.path
		response, err := (&CopyToRemote{}).Update(context.Background(),
			infer.UpdateRequest[CopyToRemoteArgs, CopyToRemoteState]{State: state, Inputs: args})
		if err != nil {
			t.Fatal(err)
		}
		state = response.Output
		if s.sessions.Load() != test.sessions {
			t.Errorf("%d copies after %+v", s.sessions.Load(), test)
		}
	}
}
