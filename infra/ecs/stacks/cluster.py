"""The ECS cluster and what its tasks run on."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from constructs import Construct
from infra.ecs.deployment import Deployment
from infra.ecs.stacks.network import PRIVATE, NetworkStack


class Cluster(Construct):
    """With instances of its own, as many as tasks need (1 to 6), or on Fargate."""

    def __init__(self, scope: Construct, *, deployment: Deployment, network: NetworkStack) -> None:
        super().__init__(scope, "Cluster")
        self.ecs = ecs.Cluster(
            self,
            "Cluster",
            cluster_name="pedalcast",
            vpc=network.vpc,
            container_insights_v2=ecs.ContainerInsights.ENABLED,
            default_cloud_map_namespace=ecs.CloudMapNamespaceOptions(name="pedalcast.internal", vpc=network.vpc),
        )
        self.strategies: list[ecs.CapacityProviderStrategy] = []
        if deployment.launch == "ec2":
            provider = ecs.AsgCapacityProvider(
                self,
                "Capacity",
                auto_scaling_group=self._instances(deployment, network),
                enable_managed_scaling=True,
                enable_managed_termination_protection=False,
                enable_managed_draining=True,
                target_capacity_percent=100,
            )
            self.ecs.add_asg_capacity_provider(provider)
            self.strategies.append(
                ecs.CapacityProviderStrategy(capacity_provider=provider.capacity_provider_name, weight=1)
            )

    def _instances(self, deployment: Deployment, network: NetworkStack) -> autoscaling.AutoScalingGroup:
        """Tasks have network interfaces of their own: the account's setting `awsvpcTrunking` must be on."""
        start = ec2.UserData.for_linux()
        start.add_commands(
            "echo ECS_AWSVPC_BLOCK_IMDS=true >> /etc/ecs/ecs.config",
            "echo ECS_ENABLE_TASK_ENI=true >> /etc/ecs/ecs.config",
        )
        role = iam.Role(
            self,
            "InstanceRole",
            assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"),
            managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name("AmazonSSMManagedInstanceCore")],
        )
        template = ec2.LaunchTemplate(
            self,
            "Instance",
            instance_type=ec2.InstanceType(deployment.instance_type),
            machine_image=ecs.EcsOptimizedImage.amazon_linux2023(),
            user_data=start,
            role=role,
            security_group=network.groups["hosts"],
            http_tokens=ec2.LaunchTemplateHttpTokens.REQUIRED,
            http_put_response_hop_limit=1,
            block_devices=[
                ec2.BlockDevice(
                    device_name="/dev/xvda",
                    volume=ec2.BlockDeviceVolume.ebs(40, encrypted=True, volume_type=ec2.EbsDeviceVolumeType.GP3),
                )
            ],
        )
        return autoscaling.AutoScalingGroup(
            self,
            "Instances",
            vpc=network.vpc,
            vpc_subnets=PRIVATE,
            launch_template=template,
            min_capacity=1,
            max_capacity=6,
            update_policy=autoscaling.UpdatePolicy.rolling_update(
                max_batch_size=1, min_instances_in_service=1, pause_time=cdk.Duration.minutes(5)
            ),
        )
