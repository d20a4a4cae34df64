"""Steps that wait for something: requests that nobody can pay, half-done steps, pairs that move, removals."""
