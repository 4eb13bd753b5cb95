"""What a job's script lines do: commands with options, assignments and spans, by a real shell grammar."""
