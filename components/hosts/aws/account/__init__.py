"""The account of AWS as it is: what it has, allows and lacks, asked for by reading only.

stack/preflight.py asks before the first resource, and hosts/aws/hosts.py for the images of machines. May import
hosts.aws.tags and what hosts/ may import; no pulumi_aws.
"""
