"""The network: 10.0.0.0/16 in two zones, and who may talk to whom."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from constructs import Construct
from infra.ecs.deployment import Deployment
from infra.ecs.stacks.security_groups import SecurityGroups

PUBLIC_BLOCKS = ("10.0.1.0/24", "10.0.2.0/24")
PRIVATE_BLOCKS = ("10.0.11.0/24", "10.0.12.0/24")
PRIVATE = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS)
INTERFACES = {
    "EcrApi": ec2.InterfaceVpcEndpointAwsService.ECR,
    "EcrDocker": ec2.InterfaceVpcEndpointAwsService.ECR_DOCKER,
    "Logs": ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
    "Bedrock": ec2.InterfaceVpcEndpointAwsService.BEDROCK_RUNTIME,
}


class NetworkStack(cdk.Stack):
    """Public subnets for the load balancer and NAT, private ones for everything else.

    NAT is there in any case: the feed and the model providers are outside AWS. With `multi_az` each zone has its own.
    """

    def __init__(self, scope: Construct, construct_id: str, *, deployment: Deployment, **options: Any) -> None:
        super().__init__(scope, construct_id, **options)
        self.vpc = ec2.Vpc(
            self,
            "Vpc",
            ip_addresses=ec2.IpAddresses.cidr("10.0.0.0/16"),
            max_azs=2,
            nat_gateways=2 if deployment.multi_az else 1,
            subnet_configuration=[
                ec2.SubnetConfiguration(name="Public", subnet_type=ec2.SubnetType.PUBLIC, cidr_mask=24),
                ec2.SubnetConfiguration(name="Private", subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS, cidr_mask=24),
            ],
            gateway_endpoints={"S3": ec2.GatewayVpcEndpointOptions(service=ec2.GatewayVpcEndpointAwsService.S3)},
        )
        for subnets, blocks in ((self.vpc.public_subnets, PUBLIC_BLOCKS), (self.vpc.private_subnets, PRIVATE_BLOCKS)):
            for subnet, block in zip(subnets, blocks, strict=True):
                subnet.node.default_child.add_property_override("CidrBlock", block)
        self.groups = SecurityGroups(self, self.vpc, deployment)
        if deployment.endpoints:
            for name, service in INTERFACES.items():
                self.vpc.add_interface_endpoint(
                    name, service=service, open=False, security_groups=[self.groups["endpoints"]]
                )
