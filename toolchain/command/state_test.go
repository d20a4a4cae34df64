package main

import (
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/asset"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// A connection in the state of a stack, by what is marked as a secret in it: both plugins leave the first one, earlier
// builds of this plugin left the second one.
var states = map[string]property.Value{
	"all and the keys": connection(22, true).WithSecret(true),
	"all":              connection(22, false).WithSecret(true),
	"the keys":         connection(22, true),
	"nothing":          connection(22, false),
}

var types = []tokens.Type{"command:remote:Command", "command:remote:CopyToRemote"}

func connection(port float64, secretKeys bool) property.Value {
	endpoint := func(host string, more map[string]property.Value) property.Value {
		all := map[string]property.Value{
			"host": property.New(host), "port": property.New(port), "user": property.New("root"),
			"privateKey":     property.New("key of " + host).WithSecret(secretKeys),
			"dialErrorLimit": property.New(10.0), "perDialTimeout": property.New(15.0),
		}
		for key, value := range more {
			all[key] = value
		}
		return property.New(all)
	}
	return endpoint("inside", map[string]property.Value{"proxy": endpoint("bastion", nil)})
}

func inputs(t *testing.T, token tokens.Type, connection property.Value) property.Map {
	t.Helper()
	all := map[string]property.Value{"connection": connection, "triggers": property.New([]property.Value{})}
	if token.Name() == "Command" {
		all["create"] = property.New("true")
		all["addPreviousOutputInEnv"] = property.New(false)
	} else {
		file, err := asset.FromPath("state_test.go")
		if err != nil {
			t.Fatal(err)
		}
		all["source"], all["remotePath"] = property.New(file), property.New("/srv/file")
	}
	return property.NewMap(all)
}

func TestAKeyIsMarkedInsideItsConnection(t *testing.T) {
	server := newServer(t)
	for _, token := range types {
		response, err := server.Check(p.CheckRequest{Urn: urn(token), Inputs: inputs(t, token, states["all"])})
		if err != nil || len(response.Failures) > 0 {
			t.Fatal(err, response.Failures)
		}
		if found := response.Inputs.Get("connection"); !found.Equals(states["all and the keys"]) {
			t.Errorf("%s: %#v", token, found)
		}
	}
}

func TestAMarkOfASecretIsNoChange(t *testing.T) {
	server := newServer(t)
	for _, token := range types {
		for name, old := range states {
			for port, changed := range map[float64]bool{22: false, 23: true} {
				before := inputs(t, token, old)
				response, err := server.Diff(p.DiffRequest{
					Urn: urn(token), State: before, OldInputs: before,
					Inputs: inputs(t, token, connection(port, true).WithSecret(true)),
				})
				if err != nil {
					t.Fatal(err)
				}
				if response.HasChanges != changed || (len(response.DetailedDiff) > 0) != changed {
					t.Errorf("%s, secret in the state: %s, port %v: %+v", token, name, port, response)
				}
			}
		}
	}
}

func urn(token tokens.Type) resource.URN { return resource.NewURN("dev", "test", "", token, "x") }
