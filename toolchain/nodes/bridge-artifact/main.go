// Command bridge-artifact prints the bridge contract that the node's module carries: its ABI and creation bytecode.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/kaiachain/kaia/contracts/contracts/service_chain/bridge"
)

func main() {
	err := json.NewEncoder(os.Stdout).Encode(map[string]any{
		"abi":      json.RawMessage(bridge.BridgeABI),
		"bytecode": bridge.BridgeBin,
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
