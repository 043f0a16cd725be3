"""What a release needs before anything runs: image repositories, a bucket for artifacts, a role for GitHub."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

IMAGES = ("api", "frontend")
GITHUB = "token.actions.githubusercontent.com"


class RegistryStack(cdk.Stack):
    """Repositories with immutable tags (the commit's hash) that scan what is pushed; the artifact bucket; the role."""

    def __init__(self, scope: Construct, construct_id: str, **options: Any) -> None:
        super().__init__(scope, construct_id, **options)
        self.repositories = {name: self._repository(name) for name in IMAGES}
        self.artifacts = s3.Bucket(
            self,
            "Artifacts",
            versioned=True,
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            lifecycle_rules=[s3.LifecycleRule(noncurrent_version_expiration=cdk.Duration.days(30))],
        )
        role = self._deploy_role()
        cdk.CfnOutput(self, "DeployRole", value=role.role_arn)
        cdk.CfnOutput(self, "ArtifactBucket", value=self.artifacts.bucket_name)

    def _repository(self, name: str) -> ecr.Repository:
        return ecr.Repository(
            self,
            name.capitalize(),
            repository_name=f"pedalcast-{name}",
            image_tag_mutability=ecr.TagMutability.IMMUTABLE,
            image_scan_on_push=True,
            lifecycle_rules=[ecr.LifecycleRule(max_image_count=50, description="keep what can be rolled back to")],
        )

    def _deploy_role(self) -> iam.Role:
        """What the workflow `deploy` may do, from this repository's environment `production` alone."""
        repository = cdk.CfnParameter(self, "GitHubRepository", description="owner/name of the repository")
        provider = iam.CfnOIDCProvider(self, "GitHub", url=f"https://{GITHUB}", client_id_list=["sts.amazonaws.com"])
        conditions = {
            f"{GITHUB}:aud": "sts.amazonaws.com",
            f"{GITHUB}:sub": f"repo:{repository.value_as_string}:environment:production",
        }
        role = iam.Role(
            self,
            "Deploy",
            role_name="pedalcast-deploy",
            max_session_duration=cdk.Duration.hours(1),
            assumed_by=iam.WebIdentityPrincipal(provider.attr_arn, {"StringEquals": conditions}),
        )
        for one in self.repositories.values():
            one.grant_pull_push(role)
            one.grant(role, "ecr:DescribeImages")
        self.artifacts.grant_read(role)
        self.artifacts.grant_put(role)
        self.artifacts.grant_delete(role, "config/*")
        self._allow(role, ["ecs:DescribeTaskDefinition", "ecs:RegisterTaskDefinition"], "*")  # AWS knows no narrower
        services = self._arn("ecs", "service/pedalcast/*")
        self._allow(role, ["ecs:DescribeServices", "ecs:UpdateService"], services)
        self._allow(role, ["ecs:TagResource"], self._arn("ecs", "task-definition/pedalcast-*"))
        functions = self._arn("lambda", "function:pedalcast-collector")
        updates = ["GetFunction", "UpdateFunctionCode", "InvokeFunction", "ListTags", "TagResource"]
        self._allow(role, [f"lambda:{action}" for action in updates], functions)
        tasks = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
        self._allow(role, ["iam:PassRole"], self._arn("iam", "role/pedalcast-task-*", region=""), tasks)
        return role

    def _allow(self, role: iam.Role, actions: list[str], resource: str, conditions: object = None) -> None:
        role.add_to_policy(iam.PolicyStatement(actions=actions, resources=[resource], conditions=conditions))

    def _arn(self, service: str, resource: str, region: str = "${AWS::Region}") -> str:
        return str(cdk.Fn.sub(f"arn:${{AWS::Partition}}:{service}:{region}:${{AWS::AccountId}}:{resource}"))
