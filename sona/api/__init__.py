"""The engine over HTTP: what is answered is the same in a process (`server`) and in a Lambda function."""
