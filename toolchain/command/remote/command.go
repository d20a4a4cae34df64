package remote

import (
	"context"

	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Command is a script that runs when the resource is created, and another one when it changes.
type Command struct{}

// CommandArgs are the inputs. A change of triggers replaces; any other change runs update, or else create again.
type CommandArgs struct {
	Connection             *Connection `pulumi:"connection" provider:"secret"`
	Create                 *string     `pulumi:"create,optional"`
	Update                 *string     `pulumi:"update,optional"`
	Stdin                  *string     `pulumi:"stdin,optional"`
	Triggers               *[]any      `pulumi:"triggers,optional" provider:"replaceOnChanges"`
	Logging                *Logging    `pulumi:"logging,optional"`
	AddPreviousOutputInEnv *bool       `pulumi:"addPreviousOutputInEnv,optional"`
}

// Output is what the last script printed.
type Output struct {
	Stdout string `pulumi:"stdout"`
	Stderr string `pulumi:"stderr"`
}

// CommandState is the inputs and what they led to.
type CommandState struct {
	CommandArgs
	Output
}

// Annotate sets the default of the official plugin.
func (a *CommandArgs) Annotate(annotator infer.Annotator) {
	annotator.SetDefault(&a.AddPreviousOutputInEnv, true)
	annotator.Describe(&a.Triggers, "A change of any of these values replaces the resource.")
	annotator.Describe(&a.Update, "Run when any other input changes; create runs again when this is absent.")
}

// WireDependencies says what a preview can know: the output follows from the scripts, not from the connection.
func (*Command) WireDependencies(f infer.FieldSelector, args *CommandArgs, state *CommandState) {
	create, update := f.InputField(&args.Create), f.InputField(&args.Update)
	f.OutputField(&state.Stdout).DependsOn(create, update)
	f.OutputField(&state.Stderr).DependsOn(create, update)

	f.OutputField(&state.Connection).DependsOn(f.InputField(&args.Connection))
	f.OutputField(&state.Create).DependsOn(create)
	f.OutputField(&state.Update).DependsOn(update)
	f.OutputField(&state.Stdin).DependsOn(f.InputField(&args.Stdin))
	f.OutputField(&state.Triggers).DependsOn(f.InputField(&args.Triggers))
	f.OutputField(&state.Logging).DependsOn(f.InputField(&args.Logging))
	f.OutputField(&state.AddPreviousOutputInEnv).DependsOn(f.InputField(&args.AddPreviousOutputInEnv))
}

// Create runs create, if there is one.
func (*Command) Create(
	ctx context.Context, req infer.CreateRequest[CommandArgs],
) (infer.CreateResponse[CommandState], error) {
	response := infer.CreateResponse[CommandState]{Output: CommandState{CommandArgs: req.Inputs}}
	if req.DryRun {
		return response, nil
	}
	id, err := resource.NewUniqueHex(req.Name, 8, 0)
	if err != nil {
		return response, err
	}
	response.ID = id
	response.Output.Output, err = req.Inputs.run(ctx, req.Inputs.Create, Output{})
	return response, err
}

// Update runs update, or else create.
func (*Command) Update(
	ctx context.Context, req infer.UpdateRequest[CommandArgs, CommandState],
) (infer.UpdateResponse[CommandState], error) {
	response := infer.UpdateResponse[CommandState]{Output: CommandState{req.Inputs, req.State.Output}}
	if req.DryRun {
		return response, nil
	}
	script := req.Inputs.Update
	if script == nil {
		script = req.Inputs.Create
	}
	var err error
	response.Output.Output, err = req.Inputs.run(ctx, script, req.State.Output)
	return response, err
}
