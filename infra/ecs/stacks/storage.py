"""What holds data: the database, Redis, the bucket of history and models, and the secrets."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticache as elasticache
from aws_cdk import aws_rds as rds
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct
from infra.ecs.deployment import Deployment
from infra.ecs.stacks.network import PRIVATE, NetworkStack
from infra.ecs.stacks.security_groups import REDIS

PROVIDED = ("SEOUL_API_KEY", "GBFS_URL", "LLM_API_KEY")  # by the operator, after the first deployment
NAME = "pedalcast"


class StorageStack(cdk.Stack):
    """Everything here is encrypted and kept when the stack is deleted."""

    def __init__(
        self, scope: Construct, construct_id: str, *, deployment: Deployment, network: NetworkStack, **options: Any
    ) -> None:
        super().__init__(scope, construct_id, **options)
        self._network, self._deployment = network, deployment
        self.bucket = s3.Bucket(
            self,
            "Objects",
            versioned=True,
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            removal_policy=cdk.RemovalPolicy.RETAIN,
            lifecycle_rules=[
                s3.LifecycleRule(
                    noncurrent_version_expiration=cdk.Duration.days(30),
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
                    transitions=[
                        s3.Transition(
                            storage_class=s3.StorageClass.INTELLIGENT_TIERING,
                            transition_after=cdk.Duration.days(30),
                        )
                    ],
                )
            ],
        )
        self.admin_token = self._generated("AdminToken", 48)
        self.jwt_key = self._generated("JwtKey", 64)
        self.grafana_password = self._generated("GrafanaPassword", 32)
        self.redis_token = self._generated("RedisToken", 64)
        self.provided = secretsmanager.Secret(
            self,
            "Provided",
            description="Keys of the feed and of the language model; fill in those that are used",
            secret_object_value={name: cdk.SecretValue.unsafe_plain_text("") for name in PROVIDED},
        )
        self.redis = self._redis()
        self.database_secret, self.database_host = (
            self._mysql() if deployment.database == "mysql" else self._aurora_postgresql()
        )

    def redis_settings(self) -> dict[str, str]:
        """Where Redis is, as the collector and the service read it; the password is each one's own to fetch."""
        return {
            "REDIS_HOST": self.redis.attr_primary_end_point_address,
            "REDIS_PORT": str(REDIS),
            "REDIS_TLS": "true",
        }

    def _generated(self, name: str, length: int) -> secretsmanager.Secret:
        return secretsmanager.Secret(
            self,
            name,
            generate_secret_string=secretsmanager.SecretStringGenerator(
                exclude_punctuation=True, password_length=length
            ),
        )

    def _redis(self) -> elasticache.CfnReplicationGroup:
        """Two nodes, one of them ready to take over; TLS and a token; nothing is evicted."""
        subnets = elasticache.CfnSubnetGroup(
            self,
            "RedisSubnets",
            description="Private subnets",
            subnet_ids=[subnet.subnet_id for subnet in self._network.vpc.private_subnets],
        )
        parameters = elasticache.CfnParameterGroup(
            self,
            "RedisParameters",
            cache_parameter_group_family="redis7",
            description="Pedalcast",
            properties={"maxmemory-policy": "noeviction"},
        )
        return elasticache.CfnReplicationGroup(
            self,
            "Redis",
            replication_group_description="Pedalcast: polls, forecasts, leases",
            engine="redis",
            engine_version="7.1",
            cache_node_type="cache.t4g.small",
            num_cache_clusters=2,
            automatic_failover_enabled=True,
            multi_az_enabled=True,
            transit_encryption_enabled=True,
            at_rest_encryption_enabled=True,
            auth_token=self.redis_token.secret_value.unsafe_unwrap(),
            port=REDIS,
            snapshot_retention_limit=1,
            cache_subnet_group_name=subnets.ref,
            cache_parameter_group_name=parameters.ref,
            security_group_ids=[self._network.groups["redis"].security_group_id],
        )

    def _mysql(self) -> tuple[secretsmanager.ISecret, str]:
        instance = rds.DatabaseInstance(
            self,
            "Database",
            engine=rds.DatabaseInstanceEngine.mysql(version=rds.MysqlEngineVersion.VER_8_4_8),
            instance_type=ec2.InstanceType("t4g.medium"),
            multi_az=self._deployment.multi_az,
            allocated_storage=20,
            max_allocated_storage=200,
            storage_type=rds.StorageType.GP3,
            auto_minor_version_upgrade=True,
            cloudwatch_logs_exports=["error"],
            credentials=rds.Credentials.from_generated_secret(NAME),
            **self._common_options(),
        )
        return self._secret_of(instance.secret), instance.db_instance_endpoint_address

    def _aurora_postgresql(self) -> tuple[secretsmanager.ISecret, str]:
        reader = rds.ClusterInstance.serverless_v2("Reader", scale_with_writer=True)
        cluster = rds.DatabaseCluster(
            self,
            "Database",
            engine=rds.DatabaseClusterEngine.aurora_postgres(version=rds.AuroraPostgresEngineVersion.VER_17_7),
            writer=rds.ClusterInstance.serverless_v2("Writer"),
            readers=[reader] if self._deployment.multi_az else [],
            serverless_v2_min_capacity=0.5,
            serverless_v2_max_capacity=4,
            default_database_name=NAME,
            credentials=rds.Credentials.from_generated_secret(NAME),
            backup=rds.BackupProps(retention=cdk.Duration.days(7)),
            **{
                name: value
                for name, value in self._common_options().items()
                if name not in ("database_name", "backup_retention")
            },
        )
        return self._secret_of(cluster.secret), cluster.cluster_endpoint.hostname

    def _common_options(self) -> dict[str, object]:
        return {
            "vpc": self._network.vpc,
            "vpc_subnets": PRIVATE,
            "security_groups": [self._network.groups["database"]],
            "database_name": NAME,
            "storage_encrypted": True,
            "deletion_protection": True,
            "backup_retention": cdk.Duration.days(7),
            "removal_policy": cdk.RemovalPolicy.SNAPSHOT,
        }

    def _secret_of(self, secret: secretsmanager.ISecret | None) -> secretsmanager.ISecret:
        assert secret is not None, "a database with generated credentials has a secret"  # noqa: S101
        return secret
