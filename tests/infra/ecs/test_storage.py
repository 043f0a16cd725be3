"""What holds data: encrypted, backed up, kept when a stack is deleted."""

from __future__ import annotations

import json

from aws_cdk.assertions import Match

from tests.infra.ecs.conftest import Templates


def test_mysql_by_default(default: Templates) -> None:
    default["storage"].has_resource(
        "AWS::RDS::DBInstance",
        {
            "DeletionPolicy": "Snapshot",
            "Properties": {
                "Engine": "mysql",
                "StorageEncrypted": True,
                "DeletionProtection": True,
                "MultiAZ": False,
                "BackupRetentionPeriod": 7,
                "PubliclyAccessible": False,
            },
        },
    )


def test_aurora_postgresql_by_setting(large: Templates) -> None:
    large["storage"].has_resource_properties(
        "AWS::RDS::DBCluster",
        {
            "Engine": "aurora-postgresql",
            "ServerlessV2ScalingConfiguration": {"MinCapacity": 0.5, "MaxCapacity": 4},
            "StorageEncrypted": True,
        },
    )
    large["storage"].resource_count_is("AWS::RDS::DBInstance", 2)


def test_redis_speaks_tls_and_fails_over(either: Templates) -> None:
    either["storage"].has_resource_properties(
        "AWS::ElastiCache::ReplicationGroup",
        {
            "TransitEncryptionEnabled": True,
            "AtRestEncryptionEnabled": True,
            "AutomaticFailoverEnabled": True,
            "MultiAZEnabled": True,
            "NumCacheClusters": 2,
        },
    )
    either["storage"].has_resource_properties(
        "AWS::ElastiCache::ParameterGroup", {"Properties": {"maxmemory-policy": "noeviction"}}
    )


def test_objects_are_versioned_and_private(either: Templates) -> None:
    either["storage"].has_resource(
        "AWS::S3::Bucket",
        {
            "DeletionPolicy": "Retain",
            "Properties": {
                "VersioningConfiguration": {"Status": "Enabled"},
                "BucketEncryption": Match.any_value(),
                "LifecycleConfiguration": Match.any_value(),
                "PublicAccessBlockConfiguration": {
                    "BlockPublicAcls": True,
                    "BlockPublicPolicy": True,
                    "IgnorePublicAcls": True,
                    "RestrictPublicBuckets": True,
                },
            },
        },
    )


def test_no_secret_stands_in_a_template(either: Templates) -> None:
    secrets = either.properties("storage", "AWS::SecretsManager::Secret")
    written = [one["SecretString"] for one in secrets if "SecretString" in one]

    assert [set(json.loads(str(text)).values()) for text in written] == [{""}]
    assert sum("GenerateSecretString" in one for one in secrets) == 5
