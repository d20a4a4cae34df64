package main

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/blang/semver"
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/integration"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

func newServer(t *testing.T) integration.Server {
	t.Helper()
	provider, err := newProvider()
	if err != nil {
		t.Fatal(err)
	}
	server, err := integration.NewServer(context.Background(), name, semver.MustParse(version),
		integration.WithProvider(provider))
	if err != nil {
		t.Fatal(err)
	}
	return server
}

type propertySpec struct {
	Secret           bool
	ReplaceOnChanges bool
}

type schemaSpec struct {
	Resources map[string]struct{ InputProperties map[string]propertySpec }
	Types     map[string]struct{ Properties map[string]propertySpec }
}

func schema(t *testing.T) schemaSpec {
	t.Helper()
	response, err := newServer(t).GetSchema(p.GetSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	var found schemaSpec
	if err := json.Unmarshal([]byte(response.Schema), &found); err != nil {
		t.Fatal(err)
	}
	return found
}

func TestTheSchemaAnswersToTheOfficialNames(t *testing.T) {
	resources := schema(t).Resources
	for _, token := range []string{"command:remote:Command", "command:remote:CopyToRemote"} {
		inputs := resources[token].InputProperties
		if !inputs["connection"].Secret || !inputs["triggers"].ReplaceOnChanges {
			t.Errorf("%s: connection must be secret and triggers must replace: %+v", token, inputs)
		}
	}
}

func TestTheSchemaHidesTheKeysInsideAConnection(t *testing.T) {
	types := schema(t).Types
	for _, token := range []string{"command:remote:Connection", "command:remote:ProxyConnection"} {
		for name, found := range types[token].Properties {
			if found.Secret != (name == "privateKey") {
				t.Errorf("%s: of %s the schema says %+v", token, name, found)
			}
		}
		if _, ok := types[token].Properties["privateKey"]; !ok {
			t.Errorf("%s has no privateKey: %+v", token, types[token])
		}
	}
}

func TestOnlyTriggersReplace(t *testing.T) {
	server := newServer(t)
	inputs := func(changes map[string]property.Value) property.Map {
		all := map[string]property.Value{
			"connection": property.New(map[string]property.Value{"host": property.New("127.0.0.1")}),
			"create":     property.New("true"),
		}
		for key, value := range changes {
			all[key] = value
		}
		return property.NewMap(all)
	}
	for key, value := range map[string]property.Value{
		"triggers": property.New([]property.Value{property.New("a")}),
		"stdin":    property.New("changed").WithSecret(true),
		"create":   property.New("false"),
	} {
		response, err := server.Diff(p.DiffRequest{
			Urn:       resource.NewURN("dev", "test", "", "command:remote:Command", "x"),
			State:     inputs(nil),
			OldInputs: inputs(nil),
			Inputs:    inputs(map[string]property.Value{key: value}),
		})
		if err != nil {
			t.Fatal(err)
		}
		kind := response.DetailedDiff[key].Kind
		replaces := kind == p.AddReplace || kind == p.UpdateReplace
		if !response.HasChanges || replaces != (key == "triggers") {
			t.Errorf("a change of %s: %+v", key, response)
		}
	}
}

func TestAnUnknownInputIsRefused(t *testing.T) {
	server := newServer(t)
	here := property.New("127.0.0.1")
	way := property.New(map[string]property.Value{"host": here, "privateKey": property.New("x")})
	byPassword := property.New(map[string]property.Value{"host": here, "password": property.New("x")})
	for name, inputs := range map[string]map[string]property.Value{
		"delete":   {"connection": way, "delete": property.New("true")},
		"password": {"connection": byPassword},
	} {
		response, err := server.Check(p.CheckRequest{
			Urn:    resource.NewURN("dev", "test", "", "command:remote:Command", "x"),
			Inputs: property.NewMap(inputs),
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(response.Failures) == 0 {
			t.Errorf("%s is accepted and ignored: %+v", name, response.Inputs)
		}
	}
}
