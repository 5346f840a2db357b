"""The whole system on 127.0.0.1: functions run as Lambda runs them, among local stand-ins for the AWS services."""
