"""What a key may do in its bucket: keep objects. Pure.

It cannot open the bucket to others (policy, ACL), nor delete it, nor see that others exist.
"""

from __future__ import annotations

import json

_ACTIONS = (
    *("GetObject", "GetObjectVersion", "PutObject", "DeleteObject", "DeleteObjectVersion"),
    *("GetObjectTagging", "PutObjectTagging", "DeleteObjectTagging"),
    *("ListBucket", "ListBucketVersions", "GetBucketLocation"),
    *("CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload", "AbortMultipartUpload"),
    *("ListMultipartUploads", "ListParts"),
    *("GetBucketCors", "PutBucketCors", "DeleteBucketCors"),
    *("GetBucketVersioning", "PutBucketVersioning"),
)


def policy(bucket: str) -> str:
    """The IAM policy document, as JSON."""
    statement = {
        "Effect": "Allow",
        "Action": [f"s3:{action}" for action in _ACTIONS],
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
