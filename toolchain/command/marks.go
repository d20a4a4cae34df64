package main

import (
	"context"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

type diff = func(context.Context, p.DiffRequest) (p.DiffResponse, error)

// withoutMarks compares values and not what is marked as a secret. Earlier builds of this plugin did not mark the keys
// inside a connection, and a change would run every command of such a stack again.
func withoutMarks(compare diff) diff {
	return func(ctx context.Context, req p.DiffRequest) (p.DiffResponse, error) {
		req.State, req.OldInputs, req.Inputs = bare(req.State), bare(req.OldInputs), bare(req.Inputs)
		return compare(ctx, req)
	}
}

func bare(values property.Map) property.Map {
	found := make(map[string]property.Value, values.Len())
	for key, value := range values.All {
		found[key] = bareValue(value)
	}
	return property.NewMap(found)
}

func bareValue(value property.Value) property.Value {
	switch {
	case value.IsMap():
		return property.New(bare(value.AsMap()))
	case value.IsArray():
		found := make([]property.Value, 0, value.AsArray().Len())
		for _, one := range value.AsArray().All {
			found = append(found, bareValue(one))
		}
		return property.New(found)
	default:
		return value.WithSecret(false)
	}
}
