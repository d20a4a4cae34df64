package remote

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

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

// place follows cp: into a folder that exists, else to the path itself; "folder/" stands for what it holds.
func (a *CopyToRemoteArgs) place(files *sftp.Client) error {
	target, intoFolder := a.RemotePath, isFolder(files, a.RemotePath)
	if asset := a.Source.Asset; asset != nil && asset.IsText() {
		if intoFolder {
			return errors.New("is a folder, and a StringAsset has no name of its own")
		}
		return write(files, strings.NewReader(asset.Text), target)
	}
	source := a.sourcePath()
	info, err := os.Stat(source)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		if intoFolder {
			target = path.Join(target, filepath.Base(source))
		}
		return upload(files, source, target)
	}
	if !strings.HasSuffix(source, "/") {
		target = path.Join(target, filepath.Base(source))
	}
	return filepath.WalkDir(source, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(source, name)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return files.MkdirAll(path.Join(target, relative))
		}
		return upload(files, name, path.Join(target, relative))
	})
}

func isFolder(files *sftp.Client, name string) bool {
	info, err := files.Stat(name)
	return err == nil && info.IsDir()
}

func upload(files *sftp.Client, source, target string) error {
	local, err := os.Open(source)
	if err != nil {
		return err
	}
	defer local.Close()
	return write(files, local, target)
}

func write(files *sftp.Client, content io.Reader, target string) error {
	remote, err := files.Create(target)
	if err != nil {
		return err
	}
	_, err = remote.ReadFrom(content)
	return errors.Join(err, remote.Close())
}
