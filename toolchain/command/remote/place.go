package remote

import (
	"errors"
	"os"
	"path"
	"path/filepath"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

func sftpOver(session *ssh.Session) (*sftp.Client, error) {
	in, err := session.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := session.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := session.RequestSubsystem("sftp"); err != nil {
		return nil, err
	}
	// Each file is written once, from one reader: writes may overtake each other.
	return sftp.NewClientPipe(out, in, sftp.UseConcurrentWrites(true))
}

// place writes the file to the path, or under its own name into a folder that exists there, as cp does.
func (a *CopyToRemoteArgs) place(files *sftp.Client) error {
	source, target := a.Source.Asset.Path, a.RemotePath
	if info, err := files.Stat(target); err == nil && info.IsDir() {
		target = path.Join(target, filepath.Base(source))
	}
	local, err := os.Open(source)
	if err != nil {
		return err
	}
	defer local.Close()
	remote, err := files.Create(target)
	if err != nil {
		return err
	}
	_, err = remote.ReadFrom(local)
	return errors.Join(err, remote.Close())
}
