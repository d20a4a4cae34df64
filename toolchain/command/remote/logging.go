package remote

import (
	"bytes"
	"context"
	"io"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
)

// Logging names the streams that are shown while a script runs. They are captured whatever it says.
type Logging string

// The streams to show.
const (
	LogStdout          Logging = "stdout"
	LogStderr          Logging = "stderr"
	LogStdoutAndStderr Logging = "stdoutAndStderr"
	LogNone            Logging = "none"
)

// Values lists what the schema allows.
func (Logging) Values() []infer.EnumValue[Logging] {
	return []infer.EnumValue[Logging]{
		{Value: LogStdout, Description: "Show stdout only"},
		{Value: LogStderr, Description: "Show stderr only"},
		{Value: LogStdoutAndStderr, Description: "Show both"},
		{Value: LogNone, Description: "Show neither"},
	}
}

func (l *Logging) stdout() bool { return l == nil || *l == LogStdout || *l == LogStdoutAndStderr }
func (l *Logging) stderr() bool { return l == nil || *l == LogStderr || *l == LogStdoutAndStderr }

// lineLogger sends each whole line to the engine as it comes.
type lineLogger struct {
	log  p.Logger
	rest []byte
}

func (w *lineLogger) Write(data []byte) (int, error) {
	w.rest = append(w.rest, data...)
	for {
		line, rest, found := bytes.Cut(w.rest, []byte("\n"))
		if !found {
			return len(data), nil
		}
		w.log.Info(string(line))
		w.rest = rest
	}
}

func (w *lineLogger) Close() error {
	if len(w.rest) > 0 {
		w.log.Info(string(w.rest))
	}
	return nil
}

// capture is a buffer which also shows what it gets, if asked to.
func capture(ctx context.Context, buffer *bytes.Buffer, show bool) (io.Writer, io.Closer) {
	if !show {
		return buffer, io.NopCloser(nil)
	}
	lines := &lineLogger{log: p.GetLogger(ctx)}
	return io.MultiWriter(buffer, lines), lines
}
