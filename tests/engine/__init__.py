"""Tests of the program under the real Pulumi engine; nothing is brought up but what is held in state."""
